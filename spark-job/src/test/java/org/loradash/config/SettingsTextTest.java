package org.loradash.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.TrainingSettings.Length;
import org.loradash.tsd.InvalidInput;

class SettingsTextTest {
    private static final Map<String, Map<String, String>> FACTS =
            Map.of("versions", Map.of("spark", "3.5.9"), "hashes", Map.of("model", "\"0a\"\n"));

    @Property(tries = 300)
    void readsBackAsTheSameSettings(@ForAll("settings") Settings settings) {
        String text = SettingsText.of(settings, FACTS);
        assertThat(GivenValues.of("text", ConfigFactory.parseString(text)).spark())
                .isEqualTo(settings.spark());
        assertThat(Settings.of(GivenValues.of("text", ConfigFactory.parseString(text))))
                .isEqualTo(settings);
    }

    @Property(tries = 100)
    void withTheSamePathsAreTheSameSettings(@ForAll("settings") Settings settings) {
        assertThat(settings.withPaths((key, path) -> path)).isEqualTo(settings);
    }

    @Test
    void aResolvedConfigurationCanBeGivenAgain(@TempDir Path directory) throws IOException {
        Path first = Files.writeString(
                directory.resolve("a.conf"),
                "run.output = o\nmodel.path = m\ndata.train = t\ntraining.epochs = 3\nspark.master = \"local[2]\"");
        SettingsReader reader = new SettingsReader(new Configuration());
        Settings settings = reader.read(first.toString(), List.of());
        Path resolved = Files.writeString(directory.resolve("resolved.conf"), SettingsText.of(settings, FACTS));
        assertThat(reader.read(resolved.toString(), List.of())).isEqualTo(settings);
    }

    @Test
    void writesNoSecrets() {
        Map<String, String> properties = Map.of(
                "spark.hadoop.fs.s3a.secret.key", "hush",
                "spark.hadoop.fs.s3a.access.key", "hush",
                "spark.ssl.keyPassword", "hush",
                "spark.driver.extraJavaOptions", "-Dtoken=hush",
                "spark.task.cpus", "2");
        String text = SettingsText.of(withSpark(properties), Map.of());
        assertThat(text)
                .doesNotContain("hush")
                .contains("  # \"hadoop.fs.s3a.secret.key\" may hold a secret: give it again\n")
                .contains("  \"task.cpus\" = \"2\"\n");
    }

    @Test
    void writesNothingThatSparkWouldRedactBySettingsOfItsOwn() {
        Map<String, String> properties = Map.of(
                "spark.executorEnv.BADGE", "hush",
                "spark.ssl.keyPassword", "hush",
                "spark.task.cpus", "2");
        assertThat(SettingsText.of(withSpark(properties), Map.of(), "(?i)badge"))
                .doesNotContain("hush")
                .contains("  # \"executorEnv.BADGE\" may hold a secret: give it again\n")
                .contains("  \"task.cpus\" = \"2\"\n");
        assertThatThrownBy(() -> SettingsText.of(withSpark(Map.of("spark.a", "b")), Map.of(), "("))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("spark.redaction.regex: ( (must be a regular expression)");
    }

    @Test
    void keepsNoPasswordOfAUriAndNeedsNoneToGoOn() {
        Settings begun = withPath("s3a://key:hush@bucket/model");
        String text = SettingsText.of(begun, Map.of("hashes", Map.of("s3a://key:hush@bucket/model", "0f")));
        assertThat(text)
                .doesNotContain("hush")
                .contains("  path = \"s3a://key:*********(redacted)@bucket/model\"\n")
                .contains("    \"s3a://key:*********(redacted)@bucket/model\" = \"0f\"\n");
        assertThat(SettingsText.table(begun).values()).noneMatch(value -> value.contains("hush"));
        Settings kept = Settings.of(GivenValues.of("text", ConfigFactory.parseString(text)));
        assertThat(SettingsText.difference(kept, begun)).isEmpty();
        assertThat(SettingsText.difference(kept, withPath("s3a://key:hush@other/model")))
                .hasValueSatisfying(
                        line -> assertThat(line).contains("@other/model").doesNotContain("hush"));
    }

    private static Settings withPath(String model) {
        return Settings.of(GivenValues.of(
                "text",
                ConfigFactory.parseString(
                        "run.output = o, model.path = \"%s\", data.train = t, training.steps = 3".formatted(model))));
    }

    @Test
    void validationMakesAnotherRunAndHowItIsEvaluatedOrWhoIsToldDoesNot() {
        Settings begun = withSpark(Map.of());
        Settings measured = Settings.of(GivenValues.of(
                "text",
                ConfigFactory.parseString(
                        "run.output = o, model.path = m, data.train = t, training.steps = 1, evaluation.beams = 2"
                                + ", tracking.mlflow { uri = \"http://host\", experiment = e, run-name = r }"
                                + ", validation.hold-out = 5")));
        assertThat(SettingsText.difference(begun, measured))
                .contains("validation.hold-out: 5 (must be absent, with which the run in run.output began; or give"
                        + " another run.output)");
    }

    @Test
    void groupsKeysAndWritesNumbersAsPeopleDo() {
        assertThat(SettingsText.of(withSpark(Map.of()), FACTS))
                .contains("adapter {\n  method = lora-dash\n  rank = 32\n  alpha = 64\n  dropout = 0\n")
                .contains("  learning-rate = 2e-4\n")
                .contains("resolved {\n")
                .contains("    \"spark\" = \"3.5.9\"\n");
    }

    @Provide
    Arbitrary<Settings> settings() {
        Arbitrary<String> texts = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars('ä', '\u2028', '中')
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(text -> !text.isBlank());
        Arbitrary<List<String>> lists = texts.list().ofMinSize(1).ofMaxSize(3);
        Arbitrary<List<String>> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('_', '.')
                .ofMinLength(1)
                .ofMaxLength(9)
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3);
        Arbitrary<Integer> counts = Arbitraries.integers().between(1, 65536);
        Arbitrary<Double> positive = Arbitraries.longs()
                .between(Double.doubleToLongBits(1e-30), Double.doubleToLongBits(1e30))
                .map(Double::longBitsToDouble);
        Arbitrary<Double> fractions =
                Arbitraries.doubles().between(0, true, 1, false).ofScale(7);
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        Arbitrary<Length> lengths = Arbitraries.oneOf(counts.map(Length.Steps::new), positive.map(Length.Epochs::new));

        Arbitrary<TableSettings> tables = Combinators.combine(
                        Arbitraries.of(TableSettings.Source.class),
                        flags,
                        flags,
                        texts.list().ofMinSize(1).ofMaxSize(2),
                        texts)
                .as(TableSettings::new);
        Arbitrary<ChatSettings> chats = Combinators.combine(
                        texts.list().ofMaxSize(1),
                        Arbitraries.of(ChatSettings.Turns.class),
                        Arbitraries.of(List.<String>of(), List.of("2026-11-26")),
                        texts.list().ofMaxSize(1))
                .as(ChatSettings::new);
        Arbitrary<DataSettings> data = Combinators.combine(
                        lists,
                        Arbitraries.of(DataSettings.Format.class),
                        counts.map(n -> n + 1),
                        flags,
                        flags,
                        flags,
                        tables,
                        chats)
                .as((train, format, cutoff, inputs, shuffle, packing, table, chat) -> new DataSettings(
                        train, format, cutoff, inputs, shuffle, packing, inputs != shuffle, table, chat));
        Arbitrary<AdapterSettings> adapters = Combinators.combine(
                        Arbitraries.of(
                                Methods.ALL.stream().map(MethodRules::name).toList()),
                        counts,
                        positive,
                        fractions,
                        names.optional(),
                        texts.optional())
                .as((method, rank, alpha, dropout, targets, start) ->
                        new AdapterSettings(method, rank, alpha, method.equals("full") ? 0 : dropout, targets, start));
        Arbitrary<DashSettings.Auto> autos = Combinators.combine(
                        counts, Arbitraries.doubles().between(0.001, 1).ofScale(3), counts, counts)
                .as((every, overlap, one, other) ->
                        new DashSettings.Auto(every, overlap, Math.min(one, other), Math.max(one, other)));
        Arbitrary<DashSettings> dash = Combinators.combine(
                        flags,
                        counts,
                        Arbitraries.of(DashSettings.Choice.class),
                        counts.optional(),
                        autos,
                        Arbitraries.integers().between(0, 65536),
                        positive,
                        texts.optional())
                .as((on, directions, choose, steps, auto, every, epsilon, cache) -> new DashSettings(
                        on, directions, choose, steps, auto, cache.map(text -> 2 * epsilon), every, epsilon, cache));
        Arbitrary<TrainingSettings> training = Combinators.combine(
                        counts,
                        lengths,
                        positive,
                        Arbitraries.of(TrainingSettings.Schedule.class),
                        fractions,
                        Arbitraries.longs(),
                        Arbitraries.of(TrainingSettings.Averaging.class),
                        counts)
                .as((count, length, rate, schedule, fraction, seed, averaging, slice) -> new TrainingSettings(
                        count,
                        slice,
                        count,
                        length,
                        rate,
                        schedule,
                        slice,
                        rate,
                        fraction,
                        fraction,
                        rate,
                        rate,
                        seed,
                        averaging,
                        slice,
                        slice % 2 == 0,
                        TrainingSettings.Arithmetic.values()[slice % 2]));
        Arbitrary<Map<String, String>> spark = Arbitraries.maps(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .withChars('.', 'ä')
                                .ofMinLength(1)
                                .ofMaxLength(9)
                                .map(name -> "spark." + name),
                        Arbitraries.strings().withCharRange('\0', '~').ofMaxLength(12))
                .ofMaxSize(4)
                .map(TreeMap::new);
        return Combinators.combine(
                        texts,
                        texts,
                        Arbitraries.of(ModelSettings.Storage.class),
                        data,
                        adapters,
                        dash,
                        training,
                        spark)
                .as((output, model, storage, records, adapter, directions, lengthOf, properties) -> new Settings(
                        new RunSettings(output, 60),
                        new ModelSettings(model, adapter.method().equals("full") ? storage.outsideBlocks() : storage),
                        task(output, model),
                        records,
                        adapter,
                        adapter.method().equals("lora-dash") ? alwaysOn(directions) : directions,
                        new CheckpointSettings(directions.directions(), adapter.rank()),
                        lengthOf,
                        validation(records, lengthOf),
                        evaluation(records, lengthOf),
                        tracking(output, model, records.shuffle()),
                        properties));
    }

    /** Modules that are trained whole: those that begin untrained, none, or given ones. */
    private static TaskSettings task(String name, String other) {
        return new TaskSettings(
                "language",
                switch (name.length() % 3) {
                    case 0 -> Optional.empty();
                    case 1 -> Optional.of(List.of());
                    default -> Optional.of(List.of("-" + name + "-", "/" + other + "-"));
                },
                switch (other.length() % 3) {
                    case 0 -> Optional.empty();
                    case 1 -> Optional.of(Labels.of(2 + name.length()));
                    default -> Optional.of(new Labels(2, List.of("-" + name + "-", "/" + other + "-")));
                },
                name.length() % 4 / 4.0,
                name.length() % 2 == 0
                        ? DenoisingSettings.USUAL
                        : new DenoisingSettings(
                                Optional.of(1.5),
                                0.25,
                                Optional.of(other),
                                64,
                                DenoisingSettings.Crop.RANDOM,
                                DenoisingSettings.Flip.RANDOM,
                                Optional.of("-" + name),
                                Optional.of("/" + other),
                                2,
                                List.of(name + "-", other),
                                3,
                                7));
    }

    /** None, of files, or of records that are held out. */
    private static ValidationSettings validation(DataSettings data, TrainingSettings training) {
        if (!data.shuffle()) {
            return new ValidationSettings(List.of(), 0, 0, 10, Figure.LOSS, 0);
        }
        return new ValidationSettings(
                data.packing() ? data.train() : List.of(),
                data.packing() ? 0 : Math.min(1_000_000, training.sliceTokens()),
                training.warmupSteps(),
                training.localSteps(),
                Figure.values()[training.warmupSteps() % Figure.values().length],
                data.trainOnInputs() ? training.workers() : 0);
    }

    private static EvaluationSettings evaluation(DataSettings data, TrainingSettings training) {
        return new EvaluationSettings(
                data.shuffle() ? data.train() : List.of(),
                data.shuffle() && data.packing()
                        ? IntStream.range(0, data.train().size())
                                .mapToObj(i -> "set" + i)
                                .toList()
                        : List.of(),
                training.warmupSteps(),
                data.packing() ? EvaluationSettings.By.GENERATION : EvaluationSettings.By.LIKELIHOOD,
                Math.min(4096, training.batchSize()),
                training.workers(),
                training.localSteps(),
                Math.min(256, training.sliceTokens()),
                data.trainOnInputs(),
                training.epsilon(),
                training.workers(),
                1 - training.beta1(),
                training.seed());
    }

    private static TrackingSettings tracking(String experiment, String run, boolean told) {
        return new TrackingSettings(
                told ? Optional.of("http://localhost:5000/a") : Optional.empty(),
                experiment,
                told ? Optional.empty() : Optional.of(run));
    }

    private static DashSettings alwaysOn(DashSettings dash) {
        return new DashSettings(
                true,
                dash.directions(),
                dash.choose(),
                dash.preLaunchSteps(),
                dash.auto(),
                dash.coordinateLearningRate(),
                dash.trackEvery(),
                dash.epsilon(),
                dash.cache());
    }

    private static Settings withSpark(Map<String, String> properties) {
        GivenValues given = GivenValues.of(
                "text",
                ConfigFactory.parseString("run.output = o, model.path = m, data.train = t, training.steps = 1"));
        Settings settings = Settings.of(given);
        return new Settings(
                settings.run(),
                settings.model(),
                settings.task(),
                settings.data(),
                settings.adapter(),
                settings.dash(),
                settings.checkpoint(),
                settings.training(),
                settings.validation(),
                settings.evaluation(),
                settings.tracking(),
                properties);
    }
}
