package org.loradash.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.loradash.adapter.Export;
import org.loradash.config.Settings;
import org.loradash.figure.Judged;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The places of a run's files below its directory. */
public final class RunDirectory {
    private static final String SETTINGS = "resolved.conf";
    private static final String FINISHED = "_SUCCESS";
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    private final FileSystem files;
    private final Path path;
    private final Runnable claimed;

    private RunDirectory(FileSystem files, Path path, Runnable claimed) {
        this.files = files;
        this.path = path;
        this.claimed = claimed;
    }

    /**
     * A run's directory, which need not exist yet.
     *
     * @throws InvalidInput where there is something that is not a run
     */
    public static RunDirectory of(Configuration hadoop, String output) {
        FileSystem files = FileSystems.of("run.output", output, hadoop);
        Path given = FileSystems.path(output);
        try {
            // Run directories are full of files for other software: no hidden checksum file beside each.
            files.setWriteChecksum(false);
            RunDirectory directory = new RunDirectory(files, files.makeQualified(given), () -> {});
            if (files.exists(directory.path) && !directory.isRun() && !directory.isEmpty()) {
                throw InvalidInput.of("run.output", output, "must be new, empty, or the directory of an earlier run");
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(output, e);
        }
    }

    /**
     * Refuses a place where no directory can be made or written into; leaves nothing there.
     *
     * @throws InvalidInput likewise
     */
    public void checkPlace() {
        boolean there = exists(path);
        try {
            if (!files.mkdirs(path)) {
                throw InvalidInput.of("run.output", path, "must be where a directory can be made");
            }
            if (!there) {
                files.delete(path, false);
            }
        } catch (ParentNotDirectoryException | FileAlreadyExistsException | AccessControlException e) {
            throw InvalidInput.of("run.output", path, "must be where a directory can be made");
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** Removes what was prepared for a run that then did not begin. */
    public void removePrepared() {
        try {
            checkClaim();
            if (!isRun()) {
                files.delete(examples(), true);
            }
        } catch (IOException | UncheckedIOException | ClaimLost e) {
            LOG.warn("{} is left behind", examples(), e);
        }
    }

    /** Removes the directory if nothing is in it. */
    public void removeIfEmpty() {
        FileSystems.removeIfEmpty(files, path);
    }

    /** Whether a run has begun in a directory. */
    public static boolean isRun(Configuration hadoop, String output) {
        Path file = new Path(FileSystems.path(output), SETTINGS);
        try {
            return FileSystems.of("run.output", output, hadoop).exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /**
     * Claims the directory for this driver, as {@link Claim#take} says.
     *
     * @param expiry after which the claim of a driver that gives no sign of life is taken over
     * @param say told of waiting
     */
    public Claim claim(Duration expiry, Consumer<String> say) {
        return Claim.take(files, claims(), expiry, say);
    }

    /** The same directory, to be written only as long as the claim is held. */
    public RunDirectory under(Claim claim) {
        return new RunDirectory(files, path, claim::check);
    }

    /** @throws ClaimLost where the directory is no longer this driver's to write */
    public void checkClaim() {
        claimed.run();
    }

    public FileSystem files() {
        return files;
    }

    public Path path() {
        return path;
    }

    /** What the task has made of the records: tokens, of a language task. */
    public Path examples() {
        return new Path(path, "tokens");
    }

    /** Of held-out records that come in files of their own. */
    public Path heldOutExamples() {
        return new Path(examples(), "validation");
    }

    public Path metrics() {
        return new Path(path, "metrics.jsonl");
    }

    /** What the run leaves. */
    public Path result(Export export) {
        return new Path(path, export.directory());
    }

    /** Where evaluations of the run, or of its base model before it, lie. */
    public Path evaluation() {
        return new Path(path, "evaluation");
    }

    private Path report() {
        return new Path(path, "report.html");
    }

    public Path settings() {
        return new Path(path, SETTINGS);
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(files, new Path(path, "checkpoints"), claimed);
    }

    /** What it notes of singular directions. */
    public TsdFiles tsd() {
        return new TsdFiles(files, path, claimed);
    }

    /** metrics.jsonl, to go on with the events of an earlier attempt that the predicate keeps. */
    public Metrics openMetrics(Units units, Predicate<Event> keep) {
        return Metrics.open(files, metrics(), units, keep, claimed);
    }

    private Path claims() {
        return new Path(path, "claims");
    }

    /** What tells this run from others, wherever they lie: drawn once, and kept in the directory. */
    public String identity() {
        Path file = new Path(path, "tracking-id");
        try {
            if (exists(file)) {
                byte[] kept = WholeFile.read(files, file, file.toString(), 1 << 10);
                return UUID.fromString(new String(kept, StandardCharsets.US_ASCII))
                        .toString();
            }
        } catch (IllegalArgumentException damaged) {
            LOG.warn("{} is drawn again: it is not as it was written", file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        String identity = UUID.randomUUID().toString();
        write(file, identity);
        return identity;
    }

    /** What people look at of a run that has ended, files and directories, as far as it left them. */
    public List<Path> shown() {
        return Stream.of(report(), settings(), result(Export.ADAPTER), new Path(path, "samples"))
                .filter(this::exists)
                .toList();
    }

    /** Whether a run has begun here. */
    public boolean isRun() {
        return exists(settings());
    }

    /** Whether a run has ended here with all of its files. */
    public boolean isFinished() {
        return exists(new Path(path, FINISHED));
    }

    /** Says that all files are there. */
    public void finish() {
        write(new Path(path, FINISHED), "");
    }

    public void writeSettings(String text) {
        write(settings(), text);
    }

    /** Writes predictions.jsonl: what the model that the run leaves, as far as that is known, says of held-out records. */
    public void writePredictions(List<Judged> predictions) {
        claimed.run();
        WholeFile.write(files, predictions(), out -> {
            for (Judged judged : predictions) {
                out.write(judged.line().getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private List<Judged> readPredictions() {
        if (!exists(predictions())) {
            return List.of();
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(files.open(predictions()), StandardCharsets.UTF_8))) {
            return lines.lines().flatMap(line -> Judged.read(line).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(predictions().toString(), e);
        }
    }

    private Path predictions() {
        return new Path(path, "predictions.jsonl");
    }

    /** Writes report.html: what the run's events, its predictions and its boundary say. */
    public void writeReport(Settings settings, List<Event> events) {
        write(
                report(),
                Report.of(path.getName(), settings, events, readPredictions(), tsd().boundary())
                        .render());
    }

    /**
     * Writes a PNG file that the model has made.
     *
     * @param number of the file among those of the step, from 0
     * @return its name in the run's directory
     */
    public String writeSample(int step, int number, byte[] png) {
        claimed.run();
        String name = "samples/step-%06d-%d.png".formatted(step, number);
        WholeFile.write(files, new Path(path, name), out -> out.write(png));
        return name;
    }

    private void write(Path file, String text) {
        claimed.run();
        WholeFile.write(files, file, text);
    }

    private boolean exists(Path file) {
        try {
            return files.exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Whether there is nothing, or only evaluations or what a run leaves that was stopped before it wrote its settings. */
    private boolean isEmpty() throws IOException {
        return files.getFileStatus(path).isDirectory()
                && Arrays.stream(files.listStatus(path))
                        .map(file -> file.getPath().getName())
                        .allMatch(name -> name.equals(examples().getName())
                                || name.equals(evaluation().getName())
                                || name.equals(claims().getName())
                                || name.equals(WholeFile.aside(settings()).getName()));
    }
}
