package org.loradash.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.Settings;
import org.loradash.model.Target;
import org.loradash.task.Units;
import org.loradash.train.TargetBoundary;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.report.RunReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The places of a run's files below its directory. */
public final class RunDirectory {
    private static final String SETTINGS = "resolved.conf";
    private static final String FINISHED = "_SUCCESS";
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    /** How many predicted directions of a target are recorded. */
    private static final int TRACKED = 16;

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
                files.delete(tokens(), true);
            }
        } catch (IOException | UncheckedIOException | ClaimLost e) {
            LOG.warn("{} is left behind", tokens(), e);
        }
    }

    /** Removes the directory if nothing is in it. */
    public void removeIfEmpty() {
        try {
            if (exists(path) && files.listStatus(path).length == 0) {
                files.delete(path, false);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} is left behind", path, e);
        }
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

    public Path tokens() {
        return new Path(path, "tokens");
    }

    /** Of held-out records that come in files of their own. */
    public Path heldOutTokens() {
        return new Path(tokens(), "validation");
    }

    public Path metrics() {
        return new Path(path, "metrics.jsonl");
    }

    public Path adapter() {
        return new Path(path, "adapter");
    }

    /** Where full fine-tuning leaves the trained model. */
    public Path model() {
        return new Path(path, "model");
    }

    /** Where evaluations of the run, or of its base model before it, lie. */
    public Path evaluation() {
        return new Path(path, "evaluation");
    }

    public Path settings() {
        return new Path(path, SETTINGS);
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(files, new Path(path, "checkpoints"), claimed);
    }

    /** metrics.jsonl, to go on with the events of an earlier attempt that the predicate keeps. */
    public Metrics openMetrics(Units units, Predicate<Event> keep) {
        return Metrics.open(files, metrics(), units, keep, claimed);
    }

    private Path claims() {
        return new Path(path, "claims");
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

    /** Writes report.html: what the run's events and its boundary say. */
    public void writeReport(Settings settings, List<Event> events) {
        write(
                new Path(path, "report.html"),
                Report.of(path.getName(), settings, events, boundary()).render());
    }

    /** Writes tsd/boundary.safetensors: of every target sigma, delta_sigma, change_rate and the directions, best first. */
    public void writeBoundary(Map<String, TargetBoundary> figures) {
        List<NamedTensor> tensors = new ArrayList<>();
        figures.forEach((target, of) -> {
            int size = of.sigma().length;
            tensors.add(NamedTensor.of(target + ".sigma", of.sigma(), size));
            tensors.add(NamedTensor.of(target + ".delta_sigma", of.deltaSigma(), size));
            tensors.add(NamedTensor.of(target + ".change_rate", of.changeRates(), size));
            tensors.add(DirectionTensors.indices(target, of.directions()));
        });
        write(boundaryFile(), tensors);
    }

    /**
     * Writes tsd/tracked/step-NNNNNNNNN.safetensors: of every target the best directions as they stand after that many
     * steps, at most {@link #TRACKED}, and delta_sigma of all.
     *
     * @return the file's name in the run's directory
     */
    public String writeTracked(int step, Map<String, TargetBoundary> figures) {
        List<NamedTensor> tensors = new ArrayList<>();
        figures.forEach((target, of) -> {
            tensors.add(NamedTensor.of(target + ".delta_sigma", of.deltaSigma(), of.deltaSigma().length));
            tensors.add(DirectionTensors.indices(target, of.best(TRACKED)));
        });
        String name = "tsd/tracked/step-%09d.safetensors".formatted(step);
        write(new Path(path, name), tensors);
        return name;
    }

    /** Writes tsd/start.safetensors: the singular triplets from which the run's method starts. */
    public void writeTriplets(Map<String, SingularTriplets> triplets) {
        List<NamedTensor> tensors = new ArrayList<>();
        triplets.forEach((target, of) -> {
            tensors.addAll(DirectionTensors.of(target, of.directions()));
            tensors.add(NamedTensor.of(target + ".sigma", of.sigma(), of.sigma().length));
        });
        write(startFile(), tensors);
    }

    /**
     * The singular triplets that the run began with; empty where they have not been written.
     *
     * @throws InvalidInput where they are not those of the adapter's targets
     */
    public Map<String, SingularTriplets> triplets(Adapter adapter) {
        Map<String, SingularTriplets> triplets = new LinkedHashMap<>();
        if (!exists(startFile())) {
            return triplets;
        }
        try (SafetensorsFile file = SafetensorsFile.open(files, startFile())) {
            for (Target target : adapter.targets()) {
                String name = target.name();
                checkShape(file, name + DirectionTensors.INDICES, adapter.rank());
                checkShape(file, name + ".u", target.outputs(), adapter.rank());
                checkShape(file, name + ".sigma", adapter.rank());
                checkShape(file, name + ".v", adapter.rank(), target.inputs());
                triplets.put(
                        name,
                        new SingularTriplets(DirectionTensors.read(file, name), file.readFloats(name + ".sigma")));
            }
        }
        return triplets;
    }

    private static void checkShape(SafetensorsFile file, String name, long... shape) {
        long[] found = file.tensor(name).shape();
        if (!Arrays.equals(found, shape)) {
            throw InvalidInput.of(
                    file.path() + ": " + name,
                    "shape " + Arrays.toString(found),
                    "must be " + Arrays.toString(shape) + ", as when the run began");
        }
    }

    private Path startFile() {
        return new Path(path, "tsd/start.safetensors");
    }

    /**
     * Looks at what was written of the boundary before a restart goes on, which will show it at its end.
     *
     * @throws InvalidInput where it is no longer that
     */
    public void checkBoundary() {
        boundary();
    }

    /** What was written of the boundary, for the report; empty where there was none. */
    List<RunReport.Target> boundary() {
        if (!exists(boundaryFile())) {
            return List.of();
        }
        List<RunReport.Target> targets = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(files, boundaryFile())) {
            for (String name : file.tensors().keySet()) {
                if (name.endsWith(".sigma")) {
                    String target = name.substring(0, name.length() - ".sigma".length());
                    checkShape(file, target + ".change_rate", file.tensor(name).elements());
                    targets.add(new RunReport.Target(
                            target,
                            file.readFloats(name),
                            file.readFloats(target + ".change_rate"),
                            DirectionTensors.indices(
                                    file, target, (int) file.tensor(name).elements())));
                }
            }
        }
        return targets;
    }

    private Path boundaryFile() {
        return new Path(path, "tsd/boundary.safetensors");
    }

    private void write(Path file, String text) {
        claimed.run();
        WholeFile.write(files, file, text);
    }

    private void write(Path file, List<NamedTensor> tensors) {
        claimed.run();
        WholeFile.write(files, file, out -> SafetensorsWriter.write(out, Map.of(), tensors));
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
                        .allMatch(name -> name.equals(tokens().getName())
                                || name.equals(evaluation().getName())
                                || name.equals(claims().getName())
                                || name.equals(WholeFile.aside(settings()).getName()));
    }
}
