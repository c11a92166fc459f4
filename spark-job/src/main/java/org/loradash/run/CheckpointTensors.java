package org.loradash.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Directions;
import org.loradash.train.BestState;
import org.loradash.train.Group;
import org.loradash.train.TrainingState;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.TensorFile;

/** What a checkpoint holds as the tensors and metadata of a safetensors file. */
final class CheckpointTensors {
    private static final String CHECKED = ".checked";
    private static final String BEST_PARAMETERS = "best_parameters";
    private static final String GROUPS = "groups";
    private static final String BEST_STEP = "best_step";
    private static final String BEST_COST = "best_cost";
    private static final String WITHOUT_IMPROVEMENT = "without_improvement";

    private CheckpointTensors() {}

    static Map<String, String> metadata(Checkpoints.Saved saved) {
        TrainingState state = saved.state();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("round", String.valueOf(state.round()));
        metadata.put("step", String.valueOf(state.step()));
        metadata.put("cursor", String.valueOf(state.cursor()));
        metadata.put(GROUPS, GroupsText.write(state.groups()));
        metadata.put("weight", String.valueOf(state.weight()));
        metadata.put("seed", String.valueOf(saved.seed()));
        if (saved.best().isPresent()) {
            metadata.put(BEST_STEP, String.valueOf(saved.best().step()));
            metadata.put(BEST_COST, String.valueOf(saved.best().cost()));
            metadata.put(WITHOUT_IMPROVEMENT, String.valueOf(saved.best().withoutImprovement()));
        }
        return metadata;
    }

    static List<NamedTensor> of(Checkpoints.Saved saved) {
        TrainingState state = saved.state();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.of("parameters", state.parameters(), state.parameters().length));
        tensors.add(NamedTensor.of("first_moments", state.firstMoments(), state.firstMoments().length));
        tensors.add(NamedTensor.of("second_moments", state.secondMoments(), state.secondMoments().length));
        float[] best = saved.best().parameters();
        if (best.length > 0) {
            tensors.add(NamedTensor.of(BEST_PARAMETERS, best, best.length));
        }
        new TreeMap<>(saved.directions())
                .forEach((target, chosen) -> tensors.addAll(DirectionTensors.of(target, chosen)));
        new TreeMap<>(saved.checked())
                .forEach((target, indices) -> tensors.add(NamedTensor.of(
                        target + CHECKED, Arrays.stream(indices).asLongStream().toArray(), indices.length)));
        return tensors;
    }

    /** @throws InvalidInput where the file holds something else */
    static Checkpoints.Saved read(FileSystem files, Path file) throws IOException {
        try (TensorFile saved = TensorFile.open(files, file)) {
            checkLengths(saved);
            TrainingState state = new TrainingState(
                    (int) number(saved, "round", 0, Integer.MAX_VALUE),
                    (int) number(saved, "step", 0, Integer.MAX_VALUE),
                    number(saved, "cursor", 0, Long.MAX_VALUE),
                    groups(saved),
                    number(saved, "weight", 0, Long.MAX_VALUE),
                    saved.readFloats("parameters"),
                    saved.readFloats("first_moments"),
                    saved.readFloats("second_moments"));
            Map<String, Directions> directions = new LinkedHashMap<>();
            Map<String, int[]> checked = new LinkedHashMap<>();
            for (String name : saved.tensors().keySet()) {
                if (name.endsWith(DirectionTensors.INDICES)) {
                    String target = name.substring(0, name.length() - DirectionTensors.INDICES.length());
                    directions.put(target, DirectionTensors.read(saved, target));
                } else if (name.endsWith(CHECKED)) {
                    checked.put(
                            name.substring(0, name.length() - CHECKED.length()),
                            DirectionTensors.integers(saved, name));
                }
            }
            return new Checkpoints.Saved(
                    state, number(saved, "seed", Long.MIN_VALUE, Long.MAX_VALUE), directions, checked, best(saved));
        }
    }

    private static BestState best(TensorFile file) {
        if (!file.metadata().containsKey(BEST_STEP)) {
            return BestState.NONE;
        }
        return new BestState(
                (int) number(file, BEST_STEP, 0, Integer.MAX_VALUE),
                finite(file, BEST_COST),
                file.tensors().containsKey(BEST_PARAMETERS) ? file.readFloats(BEST_PARAMETERS) : new float[0],
                (int) number(file, WITHOUT_IMPROVEMENT, 0, Integer.MAX_VALUE));
    }

    /** Moments are as many as parameters; looked at before any of them is read. */
    private static void checkLengths(TensorFile file) {
        long parameters = file.tensor("parameters").elements();
        for (String moments : List.of("first_moments", "second_moments")) {
            long elements = file.tensor(moments).elements();
            if (elements != parameters) {
                throw InvalidInput.of(
                        file.path() + ": " + moments,
                        elements + " elements",
                        "must be " + parameters + ", one a parameter");
            }
        }
    }

    private static List<Group> groups(TensorFile file) {
        List<Group> groups = GroupsText.read(
                file.path() + ": " + GROUPS, String.valueOf(file.metadata().get(GROUPS)));
        long size = groups.stream().mapToLong(Group::size).sum();
        long parameters = file.tensor("parameters").elements();
        if (size != parameters) {
            throw InvalidInput.of(
                    file.path() + ": " + GROUPS, size + " elements", "must be " + parameters + ", the parameters");
        }
        return groups;
    }

    private static double finite(TensorFile file, String key) {
        String text = String.valueOf(file.metadata().get(key));
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw InvalidInput.of(file.path() + ": " + key, Message.oneLine(text), "must be a number");
    }

    private static long number(TensorFile file, String key, long least, long most) {
        String text = String.valueOf(file.metadata().get(key));
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw InvalidInput.of(
                file.path() + ": " + key,
                Message.oneLine(text),
                "must be a whole number from " + least + " to " + most);
    }
}
