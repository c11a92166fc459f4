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
import org.loradash.adapter.Method;
import org.loradash.adapter.PeftAdapter;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.Settings;
import org.loradash.config.Settings.Length;
import org.loradash.data.Tokenizer;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * What a run is going to do, checked against the model before any long work starts.
 *
 * @param settings as the user gave them
 * @param located the same with paths as tasks need them
 * @param adapter before the boundary
 * @param given the adapter's parameters at step 0, where it starts from an adapter that the user gives
 * @param weights the files that hold the model's weights
 */
record TrainingPlan(
        Settings settings,
        Settings located,
        Adapter adapter,
        Optional<float[]> given,
        int vocabularySize,
        int maximumPositions,
        List<Path> weights) {

    /** Leaves room for coordinates below 2^30. */
    private static final int MOST_PARAMETERS = 1_000_000_000;

    /** @throws InvalidInput for what does not fit the model, or is not there */
    static TrainingPlan check(Settings settings, Configuration hadoop) {
        checkFiles("data.train", settings.data().train(), hadoop);
        checkFiles("validation.data", settings.validation().data(), hadoop);
        settings.dash().cache().ifPresent(cache -> FileSystems.checkDirectory("dash.cache", cache, hadoop));
        try (ModelDirectory model = ModelDirectory.open(hadoop, settings.model().path())) {
            Adapter adapter = adapter(settings, model.targets());
            if (settings.data().format() == Settings.Format.INSTRUCTION) {
                checkTokenizer(model, hadoop);
            }
            return new TrainingPlan(
                    settings,
                    Located.of(settings, hadoop),
                    adapter,
                    given(settings, adapter, hadoop),
                    model.vocabularySize(),
                    model.maximumPositions(),
                    model.weights().files().stream()
                            .map(file -> Located.of(file, model.files()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(settings.model().path(), e);
        }
    }

    /**
     * The adapter before the boundary.
     *
     * @param all linear layers of the model
     * @throws InvalidInput for what does not fit them
     */
    static Adapter adapter(Settings settings, List<Target> all) {
        List<Target> targets = targets(settings.adapter(), all);
        Method method = method(settings.adapter().method());
        if (!method.isDense()) {
            checkRank("adapter.rank", settings.adapter().rank(), targets);
        }
        if (settings.dash().on() || settings.dash().trackEvery() > 0) {
            checkRank("dash.directions", settings.dash().directions(), targets);
        }
        checkSize(method, settings, targets);
        return new Adapter(
                method.name(),
                settings.adapter().rank(),
                settings.adapter().alpha() / settings.adapter().rank(),
                targets,
                Map.of());
    }

    /**
     * Checks what the records decide.
     *
     * @return steps of the whole run
     */
    int steps(RunRecords records) {
        if (records.longest() > maximumPositions) {
            throw InvalidInput.of(
                    "data.cutoff",
                    settings.data().cutoff(),
                    "a record has %d tokens; the model's max_position_embeddings is %d"
                            .formatted(records.longest(), maximumPositions));
        }
        if (settings.training().length() instanceof Length.Epochs given) {
            return stepsOf(given.epochs(), records.holdOut().left());
        }
        return ((Length.Steps) settings.training().length()).steps();
    }

    /** The same with the singular triplets that the method starts from. */
    TrainingPlan withTriplets(Map<String, SingularTriplets> triplets) {
        return new TrainingPlan(
                settings, located, adapter.withTriplets(triplets), given, vocabularySize, maximumPositions, weights);
    }

    /** The adapter's parameters at step 0. */
    float[] start() {
        return given.orElseGet(() -> adapter.start(settings.training().seed()));
    }

    /** After how many steps pre-launch ends at the latest; nothing where there is no boundary. */
    Optional<Integer> boundary() {
        Settings.Dash dash = settings.dash();
        return dash.on() ? Optional.of(dash.preLaunchSteps().orElse(dash.auto().mostSteps())) : Optional.empty();
    }

    private static Method method(Settings.Method method) {
        return Method.named(
                switch (method) {
                    case LORA, LORA_DASH -> "lora";
                    case PISSA -> "pissa";
                    case MILORA -> "milora";
                    case ROSA -> "rosa";
                    case SPECTRAL -> "spectral";
                    case FULL -> "full";
                });
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

    private static void checkFiles(String setting, List<String> given, Configuration hadoop) {
        for (String file : given) {
            FileSystem files = FileSystems.of(setting, file, hadoop);
            Path path = FileSystems.path(file);
            try {
                if (!files.exists(path) || !files.getFileStatus(path).isFile()) {
                    throw InvalidInput.of(setting, file, "must be a file; there is none");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(file, e);
            }
        }
    }

    private static List<Target> targets(Settings.Adapter settings, List<Target> all) {
        TreeSet<String> kinds = new TreeSet<>();
        all.forEach(target -> kinds.add(target.kind()));
        for (String kind : settings.targets()) {
            if (!kinds.contains(kind)) {
                throw InvalidInput.of(
                        "adapter.targets",
                        kind,
                        "matches nothing in the model; must be of " + String.join(", ", kinds));
            }
        }
        return all.stream()
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

    /** Parameters, and their two moments together, are counted in 32 bits. */
    private static void checkSize(Method method, Settings settings, List<Target> targets) {
        boolean dense = method.isDense();
        long rank = settings.adapter().rank();
        long parameters = targets.stream()
                .mapToLong(target -> dense
                        ? (long) target.outputs() * target.inputs()
                        : rank * ((long) target.outputs() + target.inputs()))
                .sum();
        if (parameters > MOST_PARAMETERS) {
            throw dense
                    ? InvalidInput.of(
                            "adapter.targets",
                            "%,d elements".formatted(parameters),
                            "must be at most %,d for adapter.method = full".formatted(MOST_PARAMETERS))
                    : InvalidInput.of(
                            "adapter.rank",
                            rank,
                            "makes %,d trainable parameters; must be at most %,d"
                                    .formatted(parameters, MOST_PARAMETERS));
        }
    }

    /** What every task is going to open, looked at once before there are tasks. */
    private static void checkTokenizer(ModelDirectory model, Configuration hadoop) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(hadoop, model.path())) {
            if (tokenizer.endOfText() >= model.vocabularySize()) {
                throw InvalidInput.of(
                        model.path() + ": end-of-text token",
                        tokenizer.endOfText(),
                        "must be from 0 to %d, the model's vocabulary".formatted(model.vocabularySize() - 1));
            }
            tokenizer.encode("Below is an instruction.");
        }
    }

    private static Optional<float[]> given(Settings settings, Adapter adapter, Configuration hadoop) {
        return settings.adapter().startFrom().map(directory -> {
            if (adapter.adaptation().isDense()) {
                throw InvalidInput.of(
                        "adapter.start-from",
                        directory,
                        "must be absent for full, which starts from the model in model.path");
            }
            if (adapter.adaptation().startsFrom().isPresent()) {
                throw InvalidInput.of(
                        "adapter.start-from",
                        directory,
                        "must be absent for %s, which starts from the model's own singular triplets"
                                .formatted(adapter.method()));
            }
            FileSystem files = FileSystems.of("adapter.start-from", directory, hadoop);
            return PeftAdapter.read(files, FileSystems.path(directory), adapter);
        });
    }
}
