package org.loradash.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** metrics.jsonl: one JSON object a line, flushed line by line. */
public final class Metrics implements Closeable {
    private static final ObjectMapper JSON =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private final FSDataOutputStream out;
    private final List<Event> events;

    private Metrics(FSDataOutputStream out, List<Event> events) {
        this.out = out;
        this.events = events;
    }

    /**
     * Opens the file to add events. Of what an interrupted run left there, the events that the predicate keeps stay; the
     * rest, and a last line that was cut, go: the resumed run writes them again.
     */
    public static Metrics open(FileSystem files, Path path, Predicate<Event> keep) {
        try {
            // Not every file system appends: kept lines are written again, from a file aside so that none is ever lost.
            Path aside = path.suffix(".old");
            if (!files.exists(aside) && files.exists(path)) {
                files.rename(path, aside);
            }
            List<Event> kept = files.exists(aside)
                    ? read(files, aside).stream().filter(keep).toList()
                    : List.of();
            Metrics metrics = new Metrics(files.create(path, true), new ArrayList<>());
            kept.forEach(metrics::add);
            metrics.out.hsync();
            files.delete(aside, false);
            return metrics;
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    public void add(Event event) {
        ObjectNode line = JSON.createObjectNode().put("event", event.kind());
        line.setAll((ObjectNode) JSON.valueToTree(event));
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.hflush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        events.add(event);
    }

    /** All events so far, those of earlier attempts included. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** The events of a file, up to the first line that is not one: what was cut is written again. */
    static List<Event> read(FileSystem files, Path path) throws IOException {
        List<Event> events = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Optional<Event> event = parse(line);
                if (event.isEmpty()) {
                    break;
                }
                events.add(event.get());
            }
        }
        return events;
    }

    private static Optional<Event> parse(String line) {
        try {
            if (!(JSON.readTree(line) instanceof ObjectNode object)) {
                return Optional.empty();
            }
            String kind = object.path("event").asText();
            object.remove("event");
            for (Class<?> type : Event.class.getPermittedSubclasses()) {
                if (type.getSimpleName().equalsIgnoreCase(kind)) {
                    return Optional.of((Event) JSON.treeToValue(object, type));
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException cut) {
            return Optional.empty();
        }
    }
}
