package org.loradash.run;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.loradash.task.Units;
import org.loradash.tsd.io.WholeFile;

/**
 * metrics.jsonl: one JSON object a line, on its way to the disk as soon as it is added, and there after {@link #sync}. On a
 * store that keeps a file only when it is closed, all lines are written again then, as a new file.
 */
public final class Metrics implements Closeable {
    private final FileSystem files;
    private final Path path;
    private final EventLine form;
    private final Runnable claimed;
    private final FSDataOutputStream out;
    private final boolean growing;
    private final List<Event> events = new ArrayList<>();
    private Consumer<List<? extends Event>> listener = more -> {};

    private Metrics(FileSystem files, Path path, EventLine form, Runnable claimed) throws IOException {
        this.files = files;
        this.path = path;
        this.form = form;
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
     * @param units of the run's task
     * @param claimed called before something is written; fails where that is not this driver's to do any more
     */
    public static Metrics open(FileSystem files, Path path, Units units, Predicate<Event> keep, Runnable claimed) {
        claimed.run();
        try {
            // Not every file system appends: kept lines are written again, from a file aside so that none is ever lost.
            Path aside = path.suffix(".old");
            if (!files.exists(aside) && files.exists(path) && !files.rename(path, aside)) {
                throw new IOException("cannot rename " + path + " to " + aside.getName());
            }
            List<Event> kept = files.exists(aside)
                    ? read(files, aside, units).stream().filter(keep).toList()
                    : List.of();
            Metrics metrics = new Metrics(files, path, new EventLine(units), claimed);
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
        listener.accept(more);
    }

    /** Has a listener told of all events so far, and of others when they are added. */
    public void tell(Consumer<List<? extends Event>> told) {
        listener = told;
        told.accept(events());
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

    private byte[] lines(List<? extends Event> events) {
        return events.stream()
                .map(event -> form.write(event) + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
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
    static List<Event> read(FileSystem files, Path path, Units units) throws IOException {
        EventLine form = new EventLine(units);
        List<Event> events = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Optional<Event> event = form.parse(line);
                if (event.isEmpty()) {
                    break;
                }
                events.add(event.get());
            }
        }
        return events;
    }
}
