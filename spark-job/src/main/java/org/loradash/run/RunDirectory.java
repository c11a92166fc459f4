package org.loradash.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Settings;
import org.loradash.train.TargetBoundary;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.report.RunReport;

/** The places of a run's files below its directory. */
public final class RunDirectory {
    private static final String SETTINGS = "resolved.conf";
    private static final String FINISHED = "_SUCCESS";

    private final FileSystem files;
    private final Path path;

    private RunDirectory(FileSystem files, Path path) {
        this.files = files;
        this.path = path;
    }

    /**
     * A run's directory, which need not exist yet.
     *
     * @throws InvalidInput where there is something that is not a run
     */
    public static RunDirectory of(Configuration hadoop, String output) {
        FileSystem files = FileSystems.of("run.output", output, hadoop);
        Path given = new Path(output);
        try {
            // Run directories are full of files for other software: no hidden checksum file beside each.
            files.setWriteChecksum(false);
            RunDirectory directory = new RunDirectory(files, files.makeQualified(given));
            if (files.exists(directory.path) && !directory.isRun() && !directory.isEmpty()) {
                throw InvalidInput.of("run.output", output, "must be new, empty, or the directory of an earlier run");
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(output, e);
        }
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

    public Path metrics() {
        return new Path(path, "metrics.jsonl");
    }

    public Path adapter() {
        return new Path(path, "adapter");
    }

    public Path settings() {
        return new Path(path, SETTINGS);
    }

    public Checkpoints checkpoints() {
        return new Checkpoints(files, new Path(path, "checkpoints"));
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
            long[] directions = Arrays.stream(of.directions()).asLongStream().toArray();
            tensors.add(NamedTensor.of(target + ".directions", directions, directions.length));
        });
        writeWhole(new Path(path, "tsd/boundary.safetensors"), out -> SafetensorsWriter.write(out, Map.of(), tensors));
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
                    int[] directions = Arrays.stream(file.readLongs(target + ".directions"))
                            .mapToInt(Math::toIntExact)
                            .toArray();
                    targets.add(new RunReport.Target(
                            target, file.readFloats(name), file.readFloats(target + ".change_rate"), directions));
                }
            }
        }
        return targets;
    }

    private Path boundaryFile() {
        return new Path(path, "tsd/boundary.safetensors");
    }

    /** Writes the content of a file aside and makes it visible by one rename, in place of an older one. */
    private void writeWhole(Path file, Content content) {
        Path aside = aside(file);
        try {
            try (OutputStream out = files.create(aside, true)) {
                content.write(out);
            }
            files.delete(file, false);
            if (!files.rename(aside, file)) {
                throw new IOException("cannot rename " + aside + " to " + file.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static Path aside(Path file) {
        return new Path(file.getParent(), "." + file.getName() + ".writing");
    }

    @FunctionalInterface
    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private void write(Path file, String text) {
        writeWhole(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean exists(Path file) {
        try {
            return files.exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Whether there is nothing, or only what a run leaves that was stopped before it had written its settings. */
    private boolean isEmpty() throws IOException {
        return files.getFileStatus(path).isDirectory()
                && Arrays.stream(files.listStatus(path))
                        .map(file -> file.getPath().getName())
                        .allMatch(name -> name.equals(tokens().getName())
                                || name.equals(aside(settings()).getName()));
    }
}
