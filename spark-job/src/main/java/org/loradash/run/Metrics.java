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
import org.apache.hadoop.fs.StreamCapabilities;
import org.loradash.tsd.io.WholeFile;

/**
 * metrics.jsonl: one JSON object a line, on its way to the disk as soon as it is added, and there after {@link #sync}. On a
 * store that keeps a file only when it is closed, all lines are written again then, as a new file.
 */
public final class Metrics implements Closeable {
    private static final ObjectMapper JSON =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private final FileSystem files;
    private final Path path;
    private final Runnable claimed;
    private final FSDataOutputStream out;
    private final boolean growing;
    private final List<Event> events = new ArrayList<>();

    private Metrics(FileSystem files, Path path, Runnable claimed) throws IOException {
        this.files = files;
        this.path = path;
        this.claimed = claimed;
        this.out = files.create(path, true);
        this.growing = out.hasCapability(StreamCapabilities.HFLUSH);
        if (!growing) {
            out.close();
        }
    }

    /**
     * Opens the file to add events. Of what an interrupted run left there, the events that the predicate keeps stay; the
     * rest, and a last line that was cut, go: the resumed run writes them again.
     *
     * @param claimed called before something is written; fails where that is not this driver's to do any more
     */
    public static Metrics open(FileSystem files, Path path, Predicate<Event> keep, Runnable claimed) {
        claimed.run();
        try {
            // Not every file system appends: kept lines are written again, from a file aside so that none is ever lost.
            Path aside = path.suffix(".old");
            if (!files.exists(aside) && files.exists(path) && !files.rename(path, aside)) {
                throw new IOException("cannot rename " + path + " to " + aside.getName());
            }
            List<Event> kept = files.exists(aside)
                    ? read(files, aside).stream().filter(keep).toList()
                    : List.of();
            Metrics metrics = new Metrics(files, path, claimed);
            metrics.addAll(kept);
            metrics.sync();
            files.delete(aside, false);
            return metrics;
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    public void add(Event event) {
        addAll(List.of(event));
    }

    /** Adds events in their order. */
    public void addAll(List<? extends Event> more) {
        if (growing) {
            claimed.run();
            try {
                out.write(lines(more));
                out.hflush();
            } catch (IOException e) {
                throw new UncheckedIOException(path.toString(), e);
            }
        }
        events.addAll(more);
    }

    /** Has all lines so far on disk. */
    public void sync() {
        claimed.run();
        if (!growing) {
            WholeFile.write(files, path, stream -> stream.write(lines(events)));
            return;
        }
        try {
            WholeFile.sync(out);
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    private static byte[] lines(List<? extends Event> events) {
        StringBuilder lines = new StringBuilder();
        for (Event event : events) {
            ObjectNode line = JSON.createObjectNode().put("event", event.kind());
            line.setAll((ObjectNode) JSON.valueToTree(event));
            lines.append(line).append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** All events so far, those of earlier attempts included. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() throws IOException {
        if (growing) {
            out.close();
        }
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
