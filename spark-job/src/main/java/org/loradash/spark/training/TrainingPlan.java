package org.loradash.spark.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Method;
import org.loradash.adapter.PeftStart;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.AdapterSettings;
import org.loradash.config.DashSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.Figure;
import org.loradash.config.ModelSettings;
import org.loradash.config.Settings;
import org.loradash.config.TableSettings;
import org.loradash.config.TrainingSettings.Length;
import org.loradash.data.FileList;
import org.loradash.model.ModelDirectory;
import org.loradash.model.ModuleNames;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.TargetNames;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeTensor;
import org.loradash.spark.source.Located;
import org.loradash.spark.source.RunRecords;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.train.Group;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;

/**
 * What a run is going to do, checked against the model before any long work starts.
 *
 * @param settings as the user gave them
 * @param located the same with paths as tasks need them
 * @param task that the model is trained for
 * @param adapter before the boundary
 * @param given what is trained at step 0, where it starts from an adapter that the user gives
 * @param begun names of tensors that the model has not and that begin at random
 * @param weights the files that hold the model's weights
 */
public record TrainingPlan(
        Settings settings,
        Settings located,
        Task<?, ?> task,
        Adapter adapter,
        Optional<PeftStart> given,
        List<String> begun,
        List<Path> weights) {

    /** Leaves room for coordinates below 2^30. */
    private static final int MOST_PARAMETERS = 1_000_000_000;

    /** @throws InvalidInput for what does not fit the model, or is not there */
    public static TrainingPlan check(Settings settings, Configuration hadoop) {
        checkRecords("data.train", settings.data().train(), settings.data(), hadoop);
        checkRecords("validation.data", settings.validation().data(), settings.data(), hadoop);
        settings.dash().cache().ifPresent(cache -> FileSystems.checkDirectory("dash.cache", cache, hadoop));
        try (ModelDirectory files = ModelDirectory.open(hadoop, settings.model().path())) {
            ModelDirectory model = files.as(TaskKinds.model(settings, files.shape()));
            Adapter adapter = adapter(settings, model.shape());
            Settings located = Located.of(settings, hadoop);
            Task<?, ?> task = TaskKinds.of(settings).task(located, model.shape(), hadoop);
            checkFigure(settings, task);
            // What every Spark task is going to open, looked at once before there are some.
            task.reader(hadoop).close();
            Optional<PeftStart> given = given(settings, adapter, hadoop);
            return new TrainingPlan(
                    settings,
                    located,
                    task,
                    adapter,
                    given,
                    begun(settings, adapter, given, model),
                    Located.of(model.weights().files(), model.files()));
        } catch (IOException e) {
            throw new UncheckedIOException(settings.model().path(), e);
        }
    }

    private static void checkFigure(Settings settings, Task<?, ?> task) {
        Figure figure = settings.validation().figure();
        if (figure != Figure.LOSS && !task.figures().contains(figure)) {
            throw InvalidInput.of(
                    "validation.figure",
                    figure.title(),
                    "must be %s, for task.kind = %s"
                            .formatted(
                                    Stream.concat(Stream.of(Figure.LOSS), task.figures().stream())
                                            .map(Figure::title)
                                            .collect(Collectors.joining(" or ")),
                                    settings.task().kind()));
        }
    }

    /**
     * The adapter before the boundary.
     *
     * @throws InvalidInput for what does not fit the model
     */
    public static Adapter adapter(Settings settings, Shape model) {
        List<Target> targets =
                TargetNames.select(settings.adapter().targets().orElseGet(model::usualTargets), model.targets());
        Method method = Method.named(settings.adapter().method());
        if (!method.isDense()) {
            checkRank("adapter.rank", settings.adapter().rank(), targets);
        }
        if (settings.dash().on() || settings.dash().trackEvery() > 0) {
            checkRank("dash.directions", settings.dash().directions(), targets);
        }
        checkSize(method, settings.adapter(), targets);
        Adapter adapter = new Adapter(
                        method.name(),
                        settings.adapter().rank(),
                        settings.adapter().alpha() / settings.adapter().rank(),
                        targets,
                        Map.of())
                .withModules(ModuleNames.select(settings.task().train(), model.modules()));
        checkSize(adapter);
        return adapter;
    }

    /**
     * Checks what the records decide.
     *
     * @return steps of the whole run
     */
    int steps(RunRecords records) {
        task.checkLongest(records.longest());
        if (settings.training().length() instanceof Length.Epochs given) {
            return stepsOf(given.epochs(), records.holdOut().left());
        }
        return ((Length.Steps) settings.training().length()).steps();
    }

    /** The same with the singular triplets that the method starts from. */
    TrainingPlan withTriplets(Map<String, SingularTriplets> triplets) {
        return new TrainingPlan(settings, located, task, adapter.withTriplets(triplets), given, begun, weights);
    }

    /** All parameters at step 0: the targets', and those of the modules that are trained whole. */
    public float[] start(Configuration hadoop) {
        long seed = settings.training().seed();
        float[] factors = given.map(PeftStart::factors).orElseGet(() -> adapter.start(seed));
        Map<String, float[]> whole = given.map(PeftStart::whole).orElseGet(Map::of);
        float[] parameters = Arrays.copyOf(factors, adapter.parameters());
        if (adapter.modules().isEmpty()) {
            return parameters;
        }
        try (ModelDirectory model = ModelDirectory.open(hadoop, located.model().path())) {
            Shape shape = TaskKinds.model(settings, model.shape());
            WeightFiles files = new WeightFiles(model.weights(), ModelSettings.Storage.FLOAT32);
            for (int i = 0; i < adapter.wholeTensors().size(); i++) {
                WholeTensor tensor = adapter.wholeTensors().get(i);
                float[] values = whole.containsKey(tensor.name())
                        ? whole.get(tensor.name())
                        : shape.start(tensor, files, Adapter.random(seed, tensor.name()));
                System.arraycopy(
                        values, 0, parameters, adapter.wholeRanges().get(i).from(), values.length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(located.model().path(), e);
        }
        return parameters;
    }

    /** What the flat vector consists of before the boundary: groups without elements are left out. */
    List<Group> groups() {
        double rate = settings.training().learningRate();
        int vectors = adapter.wholeTensors().stream()
                .filter(WholeTensor::isVector)
                .mapToInt(WholeTensor::elements)
                .sum();
        return Stream.of(
                        new Group("factors", adapter.factorParameters(), 0, rate, true),
                        new Group("matrices", adapter.wholeParameters() - vectors, 0, rate, true),
                        new Group("vectors", vectors, 0, rate, false))
                .filter(group -> group.size() > 0)
                .toList();
    }

    /** The group that the boundary adds. */
    Group coordinates(int step, Adapter sprint) {
        double rate = settings.dash()
                .coordinateLearningRate()
                .orElse(settings.training().learningRate());
        return new Group("coordinates", sprint.coordinateParameters(), step, rate, true);
    }

    /** What a run of so many steps says where pre-launch takes them all. */
    static Optional<String> tooShort(Settings settings, int steps) {
        int boundary = boundary(settings.dash()).orElse(0);
        if (boundary < steps) {
            return Optional.empty();
        }
        boolean fixed = settings.dash().preLaunchSteps().isPresent();
        return Optional.of("the run has %s and pre-launch %s%d: %s"
                .formatted(
                        Counted.of(steps, "step"),
                        fixed ? "" : "at most ",
                        boundary,
                        fixed
                                ? "there will be no boundary and no sprint (dash.pre-launch-steps must be less for one)"
                                : "there will be a boundary and a sprint only if the directions settle"));
    }

    /** After how many steps pre-launch ends at the latest; nothing where there is no boundary. */
    Optional<Integer> boundary() {
        return boundary(settings.dash());
    }

    private static Optional<Integer> boundary(DashSettings dash) {
        return dash.on() ? Optional.of(dash.preLaunchSteps().orElse(dash.auto().mostSteps())) : Optional.empty();
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

    /** What begins at random: all of it is trained, or it would say nothing. */
    private static List<String> begun(
            Settings settings, Adapter adapter, Optional<PeftStart> given, ModelDirectory model) {
        WeightFiles files = new WeightFiles(model.weights(), settings.model().storage());
        List<WholeTensor> missing = model.shape().missing(files);
        List<String> trained =
                adapter.wholeTensors().stream().map(WholeTensor::name).toList();
        missing.stream()
                .filter(tensor -> !trained.contains(tensor.name()))
                .findFirst()
                .ifPresent(tensor -> {
                    throw InvalidInput.of(
                            "task.train",
                            settings.task().train().orElse(List.of()),
                            "must name the module of %s too: the model has none of that shape, so that it begins at random"
                                    .formatted(tensor.name()));
                });
        Set<String> whole = given.map(start -> start.whole().keySet()).orElseGet(Set::of);
        return missing.stream()
                .map(WholeTensor::name)
                .filter(name -> !whole.contains(name))
                .toList();
    }

    private static void checkRecords(String setting, List<String> given, DataSettings data, Configuration hadoop) {
        for (String entry : given) {
            if (data.format().isFolder()) {
                checkFolder(setting, entry, hadoop);
            } else if (data.table().source() != TableSettings.Source.TABLE) {
                FileList.of(hadoop, setting, entry);
            }
        }
    }

    private static void checkFolder(String setting, String given, Configuration hadoop) {
        FileSystem files = FileSystems.of(setting, given, hadoop);
        Path path = FileSystems.path(given);
        try {
            if (!files.exists(path) || !files.getFileStatus(path).isDirectory()) {
                throw InvalidInput.of(setting, given, "must be a folder; there is none");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(given, e);
        }
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
    private static void checkSize(Method method, AdapterSettings settings, List<Target> targets) {
        long parameters = targets.stream()
                .mapToLong(target -> method.parameters(target, settings.rank()))
                .sum();
        if (parameters > MOST_PARAMETERS) {
            throw method.isDense()
                    ? InvalidInput.of(
                            "adapter.targets",
                            "%,d trainable parameters".formatted(parameters),
                            "must be at most %,d for adapter.method = %s".formatted(MOST_PARAMETERS, method.name()))
                    : InvalidInput.of(
                            "adapter.rank",
                            settings.rank(),
                            "makes %,d trainable parameters; must be at most %,d"
                                    .formatted(parameters, MOST_PARAMETERS));
        }
    }

    private static void checkSize(Adapter adapter) {
        long whole = adapter.wholeTensors().stream()
                .mapToLong(tensor -> (long) tensor.rows() * tensor.columns())
                .sum();
        if (adapter.factorParameters() + whole > MOST_PARAMETERS) {
            throw InvalidInput.of(
                    "task.train",
                    "%,d trainable parameters with the adapter's".formatted(adapter.factorParameters() + whole),
                    "must be at most %,d".formatted(MOST_PARAMETERS));
        }
    }

    private static Optional<PeftStart> given(Settings settings, Adapter adapter, Configuration hadoop) {
        return settings.adapter().startFrom().map(directory -> {
            adapter.adaptation().ownStart().ifPresent(own -> {
                throw InvalidInput.of(
                        "adapter.start-from",
                        directory,
                        "must be absent for %s, which starts from %s".formatted(adapter.method(), own));
            });
            FileSystem files = FileSystems.of("adapter.start-from", directory, hadoop);
            return PeftStart.read(
                    files,
                    ModelPath.of("adapter.start-from", directory, hadoop),
                    adapter,
                    settings.training().seed());
        });
    }
}
