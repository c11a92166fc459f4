package org.loradash.tsd.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.Message;

/**
 * What a run's metrics.jsonl says of its steps, up to the first line that is no event: a run that is still going may have
 * half a line at the end.
 *
 * @param boundary how many steps came before the boundary
 * @param end how many steps there were
 * @param best after how many of them the loss of held-out records was lowest, where it was measured
 */
record RunSteps(OptionalLong boundary, OptionalLong end, OptionalLong best) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_LINE = 1 << 16;

    static RunSteps read(FileSystem files, Path metrics) {
        OptionalLong boundary = OptionalLong.empty();
        OptionalLong end = OptionalLong.empty();
        OptionalLong best = OptionalLong.empty();
        try (InputStream in = new BufferedInputStream(files.open(metrics))) {
            for (byte[] line = line(in); line.length > 0; line = line(in)) {
                JsonNode event = JSON.readTree(line);
                long step = event.path("step").asLong(-1);
                switch (event.path("event").asText()) {
                    case "boundary" -> boundary = OptionalLong.of(step);
                    case "step" -> end = OptionalLong.of(Math.max(end.orElse(0), step + 1));
                    case "evaluation" -> best = event.path("best").asBoolean() ? OptionalLong.of(step) : best;
                    default -> {}
                }
            }
        } catch (FileNotFoundException | JsonProcessingException e) {
            return new RunSteps(boundary, end, best);
        } catch (IOException e) {
            throw Message.of(metrics, e);
        }
        return new RunSteps(boundary, end, best);
    }

    /** The next line; empty at the end, and where a line is longer than any event. */
    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                return new byte[0];
            }
        }
        return line.toByteArray();
    }
}
