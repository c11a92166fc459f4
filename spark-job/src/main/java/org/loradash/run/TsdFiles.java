package org.loradash.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.SingularTriplets;
import org.loradash.model.Target;
import org.loradash.train.TargetBoundary;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.report.RunReport;

/** What a run notes of the singular directions of its targets, in files below tsd/. */
public final class TsdFiles {
    /** How many predicted directions of a target are recorded. */
    private static final int TRACKED = 16;

    private final FileSystem files;
    private final Path run;
    private final Runnable claimed;

    /** @param claimed called before something changes; fails where that is not this driver's to do any more */
    TsdFiles(FileSystem files, Path run, Runnable claimed) {
        this.files = files;
        this.run = run;
        this.claimed = claimed;
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
        write(new Path(run, name), tensors);
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
        try (TensorFile file = TensorFile.open(files, startFile())) {
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

    private static void checkShape(TensorFile file, String name, long... shape) {
        long[] found = file.tensor(name).shape();
        if (!Arrays.equals(found, shape)) {
            throw InvalidInput.of(
                    file.path() + ": " + name,
                    "shape " + Arrays.toString(found),
                    "must be " + Arrays.toString(shape) + ", as when the run began");
        }
    }

    private Path startFile() {
        return new Path(run, "tsd/start.safetensors");
    }

    /**
     * Looks at what was written of the boundary before a restart goes on, which will show it at its end.
     *
     * @throws InvalidInput where it is no longer that
     */
    public void checkBoundary() {
        boundary();
    }

    /** What was written of the boundary, for people to look at; empty where there was none. */
    public List<RunReport.Target> boundary() {
        if (!exists(boundaryFile())) {
            return List.of();
        }
        List<RunReport.Target> targets = new ArrayList<>();
        try (TensorFile file = TensorFile.open(files, boundaryFile())) {
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
        return new Path(run, "tsd/boundary.safetensors");
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
}
