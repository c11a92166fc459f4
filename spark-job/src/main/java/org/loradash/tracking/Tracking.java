package org.loradash.tracking;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.loradash.config.Settings;
import org.loradash.config.TrackingSettings;
import org.loradash.run.ClaimLost;
import org.loradash.run.Event;
import org.loradash.run.RunDirectory;
import org.loradash.task.Units;

/**
 * A run as it is told to those who follow it from outside, where its settings name a server: its settings, the figures of
 * its events, at the end its files and how it ended. Nothing here fails the run.
 */
public final class Tracking implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST_END = Duration.ofSeconds(30);

    private final RunDirectory directory;
    private final EventMetrics metrics;
    private final Optional<Sender> sender;
    private final Consumer<String> warn;
    private boolean ended;

    private Tracking(RunDirectory directory, EventMetrics metrics, Optional<Sender> sender, Consumer<String> warn) {
        this.directory = directory;
        this.metrics = metrics;
        this.sender = sender;
        this.warn = warn;
    }

    /**
     * Tells of a run that begins or goes on; it is found again by what is kept in its directory.
     *
     * @param directory with the run's settings in it
     * @param units of the run's task
     * @param say told where people see the run, once the server has it
     * @param warn told what the server does not get, a line of it at the first trouble and one at the end
     */
    public static Tracking of(
            Settings settings, RunDirectory directory, Units units, Consumer<String> say, Consumer<String> warn) {
        return of(settings, directory, units, say, warn, System.getenv(), PATIENCE);
    }

    static Tracking of(
            Settings settings,
            RunDirectory directory,
            Units units,
            Consumer<String> say,
            Consumer<String> warn,
            Map<String, String> environment,
            Duration patience) {
        String name = TrackingSettings.URI.name() + ": "
                + settings.tracking().server().orElse("");
        Optional<Sender> sender = settings.tracking().server().map(address -> {
            MlflowServer server = new MlflowServer(address, environment, patience);
            return new Sender(
                    name,
                    server,
                    new Artifacts(server, directory.files()),
                    RunFacts.of(settings, directory),
                    page -> say.accept("tracking   " + page),
                    warn);
        });
        EventMetrics metrics = new EventMetrics(units.size(), directory.tsd()::boundary);
        return new Tracking(directory, metrics, sender, warn);
    }

    /** Tells of events, in their order, and does not wait for the server. */
    public void tell(List<? extends Event> events) {
        sender.ifPresent(told -> events.forEach(event -> metrics.of(event).forEach(told::add)));
    }

    /** The run has ended well, and its files are there. Waits until they are sent, but not for long. */
    public void finished() {
        ended = true;
        sender.ifPresent(told -> {
            List<RunFile> files = files();
            Duration longest = files.stream().map(Artifacts::time).reduce(LONGEST_END, Duration::plus);
            told.end("FINISHED", files, longest);
        });
    }

    /** Of a run that has not ended well: it has failed, unless another driver goes on with it. */
    @Override
    public void close() {
        if (ended || sender.isEmpty()) {
            return;
        }
        try {
            directory.checkClaim();
            sender.get().end("FAILED", List.of(), LONGEST_END);
        } catch (ClaimLost lost) {
            sender.get().leave();
        }
    }

    private List<RunFile> files() {
        List<RunFile> files = new ArrayList<>();
        try {
            for (Path shown : directory.shown()) {
                RemoteIterator<LocatedFileStatus> below = directory.files().listFiles(shown, true);
                while (below.hasNext()) {
                    LocatedFileStatus file = below.next();
                    String relative = directory
                            .path()
                            .toUri()
                            .relativize(file.getPath().toUri())
                            .getPath();
                    files.add(new RunFile(relative, file.getPath(), file.getLen()));
                }
            }
        } catch (IOException e) {
            warn.accept("%s: not all files of the run are sent (%s)"
                    .formatted(TrackingSettings.URI.name(), e.getMessage()));
        }
        return files;
    }
}
