package org.loradash.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings.Length;
import org.loradash.tsd.InvalidInput;

/** Makes {@link Settings} from a configuration file in HOCON and the settings of a command line that go before it. */
public final class SettingsReader {
    /** Of validation.every-rounds, which has a value only where there is validation. */
    private static final int DEFAULT_ROUNDS = 10;

    private final Configuration hadoop;

    /** @param hadoop how file systems are reached */
    public SettingsReader(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * The settings that a file and a command line give together.
     *
     * @param path the file: local, or any Hadoop URI
     * @param overrides {@code key=value}, each stronger than the file and than those before it. A value that begins
     *     like a list, a section or a quoted string, or holds a substitution, is HOCON; any other is taken as it stands
     * @throws InvalidInput one line for the first mistake: syntax, then unknown keys, then the order of {@link Keys}
     */
    public Settings read(String path, List<String> overrides) {
        return settings(path, ConfigurationFile.parse(path, hadoop), overrides);
    }

    /**
     * What evaluating a model needs of the settings that a file and a command line give together: neither data to train on
     * nor an end of training must be among them.
     *
     * @param path as {@link #read} has it
     * @param overrides as {@link #read} has them
     * @throws InvalidInput as {@link #read} does, of what is given or needed
     */
    public EvaluationSettings readForEvaluation(String path, List<String> overrides) {
        Config file = ConfigurationFile.parse(path, hadoop);
        return EvaluationSettings.of(GivenValues.of(path, resolved(path, overridden(file, overrides))));
    }

    /**
     * The settings that a run began with.
     *
     * @param path its resolved.conf
     * @throws InvalidInput where it is not what {@link SettingsText} writes
     */
    public Settings readWritten(String path) {
        return settings(GivenValues.of(path, ConfigurationFile.parseWritten(path, hadoop)));
    }

    /**
     * What {@link SettingsText} wrote of a run beside its settings.
     *
     * @param path a resolved.conf
     * @param group for example {@code hashes}
     * @return names to values; empty where there is no such group
     */
    public static Map<String, String> facts(String path, String group, Configuration hadoop) {
        Map<String, String> facts = new LinkedHashMap<>();
        Config file = ConfigurationFile.parseWritten(path, hadoop);
        String place = GivenValues.RESOLVED + "." + group;
        try {
            if (file.hasPath(place)) {
                file.getObject(place).unwrapped().forEach((name, value) -> facts.put(name, String.valueOf(value)));
            }
        } catch (ConfigException e) {
            throw InvalidInput.of(path, place + " is no section", "must be as the run wrote it");
        }
        return facts;
    }

    /** The settings that a parsed file and overrides give together. */
    static Settings settings(String path, Config file, List<String> overrides) {
        return settings(GivenValues.of(path, resolved(path, overridden(file, overrides))));
    }

    static Config overridden(Config file, List<String> overrides) {
        Config all = file;
        for (String override : overrides) {
            all = override(override).withFallback(all);
        }
        return all;
    }

    static Config resolved(String path, Config all) {
        try {
            return all.resolve();
        } catch (ConfigException e) {
            throw new InvalidInput(ConfigurationFile.problem(path, e), e);
        } catch (StackOverflowError e) {
            throw InvalidInput.of(path, "nested too deeply", "must be a file of sections, keys and values");
        } catch (OutOfMemoryError e) {
            // A value of values of values doubles with each line.
            throw InvalidInput.of(path, "substitutions without end", "must fit into memory when they are made");
        }
    }

    private static Config override(String override) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw InvalidInput.of("--set " + Shown.name(override), "not a setting", "must be key=value");
        }
        String key = override.substring(0, equals).strip();
        String place = "--set " + Shown.name(key);
        try {
            ConfigValue value = value(place, override.substring(equals + 1).strip());
            // One name under Spark's section: its properties may be each other's prefixes, as a tree's keys may not.
            return key.startsWith(GivenValues.SPARK + ".")
                    ? value.atKey(key)
                    : value.atPath(ConfigUtil.joinPath(ConfigUtil.splitPath(key)));
        } catch (ConfigException e) {
            throw new InvalidInput(ConfigurationFile.problem(place, e), e);
        }
    }

    private static ConfigValue value(String place, String text) {
        boolean hocon = text.equals("null") || text.matches("(?s)[\\[{\"].*") || text.contains("${");
        ConfigValue value = hocon
                ? ConfigFactory.parseString(
                                "value = " + text, ConfigParseOptions.defaults().setOriginDescription(place))
                        .root()
                        .get("value")
                : ConfigValueFactory.fromAnyRef(text);
        return value.withOrigin(ConfigOriginFactory.newSimple("--set"));
    }

    static Settings settings(GivenValues given) {
        return new Settings(
                new Settings.Run(given.value(Keys.OUTPUT), given.value(Keys.CLAIM_SECONDS)),
                model(given),
                new Settings.Data(
                        given.value(Keys.TRAIN),
                        given.value(Keys.FORMAT),
                        given.value(Keys.CUTOFF),
                        given.value(Keys.TRAIN_ON_INPUTS),
                        given.value(Keys.SHUFFLE),
                        given.value(Keys.PACKING)),
                adapter(given),
                dash(given),
                new Settings.Checkpoint(given.value(Keys.EVERY_ROUNDS), given.value(Keys.KEEP)),
                new Settings.Training(
                        given.value(Keys.WORKERS),
                        given.value(Keys.LOCAL_STEPS),
                        given.value(Keys.BATCH_SIZE),
                        length(given),
                        given.value(Keys.LEARNING_RATE),
                        given.value(Keys.SCHEDULE),
                        given.value(Keys.WARMUP_STEPS),
                        given.value(Keys.WEIGHT_DECAY),
                        given.value(Keys.BETA1),
                        given.value(Keys.BETA2),
                        given.value(Keys.EPSILON),
                        given.value(Keys.GRADIENT_CLIPPING),
                        given.value(Keys.SEED),
                        given.value(Keys.AVERAGING),
                        given.value(Keys.SLICE_TOKENS),
                        given.value(Keys.RECOMPUTE)),
                validation(given),
                evaluation(given),
                given.spark());
    }

    static Settings.Model model(GivenValues given) {
        return new Settings.Model(given.value(Keys.MODEL), given.value(Keys.STORAGE));
    }

    private static Settings.Adapter adapter(GivenValues given) {
        Settings.Method method = given.value(Keys.METHOD);
        double dropout = given.value(Keys.DROPOUT);
        if (method == Settings.Method.FULL && dropout != 0) {
            throw InvalidInput.of(
                    given.source() + ": adapter.dropout",
                    dropout,
                    "must be 0 for full, which trains the weights themselves");
        }
        return new Settings.Adapter(
                method,
                given.value(Keys.RANK),
                given.value(Keys.ALPHA),
                dropout,
                given.value(Keys.TARGETS),
                given.optional(Keys.START_FROM));
    }

    private static Settings.Dash dash(GivenValues given) {
        boolean lora = given.value(Keys.METHOD) == Settings.Method.LORA_DASH;
        boolean on = given.optional(Keys.DASH_ON).orElse(lora);
        if (lora && !on) {
            throw InvalidInput.of(
                    given.source() + ": dash.on",
                    false,
                    "must be true for lora-dash; adapter.method = lora has no sprint");
        }
        Optional<Integer> steps = given.value(Keys.PRE_LAUNCH_STEPS);
        Settings.Auto auto = new Settings.Auto(
                given.value(Keys.AUTO_CHECK_EVERY),
                given.value(Keys.AUTO_OVERLAP),
                given.value(Keys.AUTO_LEAST_STEPS),
                given.value(Keys.AUTO_MOST_STEPS));
        if (steps.isEmpty() && auto.leastSteps() > auto.mostSteps()) {
            throw InvalidInput.of(
                    given.source() + ": dash.auto.least-steps",
                    auto.leastSteps(),
                    "must be at most dash.auto.most-steps, " + auto.mostSteps());
        }
        return new Settings.Dash(
                on,
                given.value(Keys.DIRECTIONS),
                given.value(Keys.CHOOSE),
                steps,
                auto,
                given.optional(Keys.COORDINATE_LEARNING_RATE),
                given.value(Keys.TRACK_EVERY),
                given.value(Keys.DASH_EPSILON),
                given.optional(Keys.CACHE));
    }

    private static Settings.Validation validation(GivenValues given) {
        Settings.Validation validation = new Settings.Validation(
                given.optional(Keys.VALIDATION_DATA).orElse(List.of()),
                given.optional(Keys.HOLD_OUT).orElse(0),
                given.optional(Keys.VALIDATION_RECORDS).orElse(0),
                given.optional(Keys.VALIDATION_EVERY_ROUNDS).orElse(DEFAULT_ROUNDS),
                given.optional(Keys.PATIENCE).orElse(0));
        if (validation.holdOut() > 0 && !validation.data().isEmpty()) {
            throw InvalidInput.of(
                    given.source() + ": validation.hold-out",
                    validation.holdOut(),
                    "must be absent where validation.data is given, or the other way round");
        }
        for (Key<Integer> key : List.of(Keys.VALIDATION_RECORDS, Keys.VALIDATION_EVERY_ROUNDS, Keys.PATIENCE)) {
            if (!validation.on() && given.optional(key).isPresent()) {
                throw InvalidInput.of(
                        given.source() + ": " + key.name(),
                        given.optional(key).get(),
                        "must be absent without validation.data or validation.hold-out");
            }
        }
        return validation;
    }

    static Settings.Evaluation evaluation(GivenValues given) {
        List<String> data = given.optional(Keys.EVALUATION_DATA).orElse(List.of());
        List<String> sets = given.optional(Keys.EVALUATION_SETS).orElse(List.of());
        if (!sets.isEmpty() && sets.size() != data.size()) {
            throw InvalidInput.of(
                    given.source() + ": evaluation.sets",
                    sets.size() + " sets",
                    "must be as many as the files of evaluation.data, " + data.size());
        }
        return new Settings.Evaluation(
                data,
                sets,
                given.value(Keys.EVALUATION_RECORDS),
                given.value(Keys.EVALUATION_BY),
                given.value(Keys.EVALUATION_BATCH_SIZE),
                given.value(Keys.EVALUATION_PART_SIZE),
                given.value(Keys.MAX_TOKENS),
                given.value(Keys.BEAMS),
                given.value(Keys.SAMPLING),
                given.value(Keys.TEMPERATURE),
                given.value(Keys.TOP_K),
                given.value(Keys.TOP_P),
                given.value(Keys.EVALUATION_SEED));
    }

    private static Length length(GivenValues given) {
        Optional<Integer> steps = given.optional(Keys.STEPS);
        Optional<Double> epochs = given.optional(Keys.EPOCHS);
        if (steps.isPresent() == epochs.isPresent()) {
            throw InvalidInput.of(
                    given.source() + ": training.steps, training.epochs",
                    steps.isPresent() ? "both given" : "neither given",
                    "exactly one of them must be");
        }
        return steps.<Length>map(Length.Steps::new).orElseGet(() -> new Length.Epochs(epochs.orElseThrow()));
    }
}
