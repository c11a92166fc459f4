package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.Settings;
import org.loradash.config.Settings.Length;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * What a run is going to do, checked against the model before any long work starts.
 *
 * @param adapter before the boundary
 * @param start the adapter's parameters at step 0
 * @param weights the files that hold the model's weights
 */
record TrainingPlan(
        Settings settings,
        Adapter adapter,
        float[] start,
        int vocabularySize,
        int maximumPositions,
        List<Path> weights) {

    /** @throws InvalidInput for what does not fit the model, or is not there */
    static TrainingPlan check(Settings settings, Configuration hadoop) {
        checkData(settings.data(), hadoop);
        try (ModelDirectory model = ModelDirectory.open(hadoop, settings.model().path())) {
            List<Target> targets = targets(settings.adapter(), model);
            checkRank("adapter.rank", settings.adapter().rank(), targets);
            if (settings.adapter().method() == Settings.Method.LORA_DASH) {
                checkRank("dash.directions", settings.dash().directions(), targets);
            }
            Adapter adapter = new Adapter(
                    "lora",
                    settings.adapter().rank(),
                    settings.adapter().alpha() / settings.adapter().rank(),
                    targets,
                    Map.of());
            return new TrainingPlan(
                    settings,
                    adapter,
                    start(settings, adapter, hadoop),
                    model.vocabularySize(),
                    model.maximumPositions(),
                    model.weights().files());
        } catch (IOException e) {
            throw new UncheckedIOException(settings.model().path(), e);
        }
    }

    /**
     * Checks what the data decides.
     *
     * @return steps of the whole run
     */
    int steps(TokenisedData data) {
        if (data.longest() > maximumPositions) {
            throw InvalidInput.of(
                    "data.cutoff",
                    settings.data().cutoff(),
                    "a record has %d tokens; the model's max_position_embeddings is %d"
                            .formatted(data.longest(), maximumPositions));
        }
        if (settings.training().length() instanceof Length.Epochs given) {
            return stepsOf(given.epochs(), data.records());
        }
        return ((Length.Steps) settings.training().length()).steps();
    }

    /** After how many steps pre-launch ends; nothing where the method has no boundary. */
    Optional<Integer> boundary() {
        return settings.adapter().method() == Settings.Method.LORA_DASH
                ? Optional.of(settings.dash().preLaunchSteps())
                : Optional.empty();
    }

    private int stepsOf(double epochs, long records) {
        long perStep =
                (long) settings.training().workers() * settings.training().batchSize();
        double steps = Math.ceil(epochs * records / perStep);
        if (steps > Integer.MAX_VALUE) {
            throw InvalidInput.of("training.epochs", epochs, "makes more than %d steps".formatted(Integer.MAX_VALUE));
        }
        return (int) Math.max(1, steps);
    }

    private static void checkData(Settings.Data data, Configuration hadoop) {
        for (String file : data.train()) {
            FileSystem files = FileSystems.of("data.train", file, hadoop);
            Path path = new Path(file);
            try {
                if (!files.exists(path) || !files.getFileStatus(path).isFile()) {
                    throw InvalidInput.of("data.train", file, "must be a file; there is none");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(file, e);
            }
        }
    }

    private static List<Target> targets(Settings.Adapter settings, ModelDirectory model) {
        TreeSet<String> kinds = new TreeSet<>();
        model.targets().forEach(target -> kinds.add(target.kind()));
        for (String kind : settings.targets()) {
            if (!kinds.contains(kind)) {
                throw InvalidInput.of(
                        "adapter.targets",
                        kind,
                        "matches nothing in the model; must be of " + String.join(", ", kinds));
            }
        }
        return model.targets().stream()
                .filter(target -> settings.targets().contains(target.kind()))
                .toList();
    }

    private static void checkRank(String key, int value, List<Target> targets) {
        Target smallest = targets.get(0);
        for (Target target : targets) {
            smallest = target.directions() < smallest.directions() ? target : smallest;
        }
        if (value < 1 || value > smallest.directions()) {
            throw InvalidInput.of(
                    key,
                    value,
                    "must be from 1 to %d, the smaller side of %s".formatted(smallest.directions(), smallest.name()));
        }
    }

    private static float[] start(Settings settings, Adapter adapter, Configuration hadoop) {
        if (settings.adapter().startFrom().isEmpty()) {
            return adapter.start(settings.training().seed());
        }
        String directory = settings.adapter().startFrom().get();
        return PeftAdapter.read(FileSystems.of("adapter.start-from", directory, hadoop), new Path(directory), adapter);
    }
}
