package org.loradash.tsd.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.Message;

/**
 * What a run's metrics.jsonl says of its steps.
 *
 * @param boundary how many steps came before the boundary
 * @param end how many steps there were
 */
record RunSteps(OptionalLong boundary, OptionalLong end) {
    static RunSteps read(FileSystem files, Path metrics) {
        OptionalLong boundary = OptionalLong.empty();
        OptionalLong end = OptionalLong.empty();
        try (InputStream in = files.open(metrics);
                MappingIterator<JsonNode> events =
                        new ObjectMapper().readerFor(JsonNode.class).readValues(in)) {
            while (events.hasNextValue()) {
                JsonNode event = events.nextValue();
                long step = event.path("step").asLong(-1);
                switch (event.path("event").asText()) {
                    case "boundary" -> boundary = OptionalLong.of(step);
                    case "step" -> end = OptionalLong.of(Math.max(end.orElse(0), step + 1));
                    default -> {}
                }
            }
        } catch (FileNotFoundException | JsonProcessingException e) {
            // A run that is still going may have half a line at the end; what was read before it counts.
            return new RunSteps(boundary, end);
        } catch (IOException e) {
            throw Message.of(metrics, e);
        }
        return new RunSteps(boundary, end);
    }
}
