package org.loradash.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.TrainingSettings.Length;
import org.loradash.tsd.InvalidInput;

class SettingsReaderTest {
    private static final String SMALLEST =
            """
            run.output = out
            model.path = model
            data.train = a.json
            training.steps = 60
            """;

    @TempDir
    private Path directory;

    @Test
    void fillsInDefaults() {
        assertThat(read(SMALLEST))
                .isEqualTo(new Settings(
                        new RunSettings("out", 60),
                        new ModelSettings("model", ModelSettings.Storage.FLOAT32),
                        new TaskSettings("language", Optional.empty(), Optional.empty(), 0.0, DenoisingSettings.USUAL),
                        new DataSettings(
                                List.of("a.json"),
                                DataSettings.Format.INSTRUCTION,
                                256,
                                true,
                                true,
                                true,
                                true,
                                TableSettings.USUAL,
                                ChatSettings.USUAL),
                        new AdapterSettings("lora-dash", 32, 64, 0, Optional.empty(), Optional.empty()),
                        new DashSettings(
                                true,
                                8,
                                DashSettings.Choice.TSD,
                                Optional.of(100),
                                new DashSettings.Auto(10, 0.9, 50, 300),
                                Optional.empty(),
                                0,
                                1e-6,
                                Optional.empty()),
                        new CheckpointSettings(1, 2),
                        new TrainingSettings(
                                1,
                                10,
                                16,
                                new Length.Steps(60),
                                2e-4,
                                TrainingSettings.Schedule.LINEAR,
                                0,
                                0.01,
                                0.9,
                                0.999,
                                1e-8,
                                0,
                                42,
                                TrainingSettings.Averaging.PARAMETERS,
                                1024,
                                false,
                                TrainingSettings.Arithmetic.FLOAT32),
                        new ValidationSettings(List.of(), 0, 0, 10, Figure.LOSS, 0),
                        new EvaluationSettings(
                                List.of(),
                                List.of(),
                                0,
                                EvaluationSettings.By.GENERATION,
                                8,
                                32,
                                32,
                                4,
                                false,
                                0.1,
                                40,
                                0.75,
                                42),
                        new TrackingSettings(Optional.empty(), "lora-dash", Optional.empty()),
                        Map.of()));
    }

    @Test
    void readsTheQuickstart() {
        Settings settings = new SettingsReader(new Configuration()).read("../conf/quickstart.conf", List.of());
        assertThat(settings.run().output()).isEqualTo("runs/quickstart");
        assertThat(settings.training().length()).isEqualTo(new Length.Steps(160));
    }

    @Test
    void takesEveryKeyFromTheFile() {
        Settings settings = read(
                """
                run { output = "hdfs://host:8020/a b/run" }
                model { path = "s3a://bucket/model", storage = bfloat16 }
                task { kind = classification, train = [classifier], labels = [no, yes], dropout = 0.25, min-snr = 5, noise-offset = 0.1
                       prompt = "a photo of sks dog", resolution = 512, crop = random, flip = random
                       prior { photos = dogs, prompt = "a photo of a dog", weight = 0.5 }
                       samples { prompts = ["sks dog", "sks dog in snow"], every-rounds = 4, steps = 9 } }
                data { train = [a.json, "hdfs://host/b.json"], format = tokens, cutoff = 512
                       train-on-inputs = false, shuffle = false, packing = false, share-prefixes = false
                       source = tsv, header = false, skip-short-rows = true, columns { text = 3, pair = "4", label = 1, messages = turns }
                       chat { template = tool_use, labels = last, date = 2026-11-26 } }
                adapter { method = lora, rank = 4, alpha = ${adapter.rank}, dropout = 0.05
                          targets = [q_proj, o_proj], start-from = other }
                dash { on = true, directions = 2, choose = bottom, pre-launch-steps = auto, coordinate-learning-rate = 2e-2, track-every = 3
                       auto { check-every = 4, overlap = 0.5, least-steps = 6, most-steps = 7 }
                       epsilon = 1e-5, cache = somewhere }
                checkpoint { every-rounds = 0, keep = 5 }
                training { workers = 3, local-steps = 2, batch-size = 1, epochs = 1.5, learning-rate = 3e-3
                           schedule = cosine, warmup-steps = 9, weight-decay = 0, beta1 = 0.8, beta2 = 0.99
                           epsilon = 1e-7, gradient-clipping = 1, seed = -1, averaging = gradients
                           slice-tokens = 64, recompute = true, arithmetic = bfloat16 }
                evaluation { data = [a/ARC-Easy/test.json, b.json], sets = [ARC-Easy, boolq], records = 50
                             by = likelihood, batch-size = 3, part-size = 9, max-tokens = 16, beams = 1
                             sampling = true, temperature = 0.7, top-k = 0, top-p = 1, seed = 7 }
                tracking.mlflow { uri = "https://tracking.example/mlflow", experiment = reviews, run-name = third }
                """);
        assertThat(settings.run().output()).isEqualTo("hdfs://host:8020/a b/run");
        assertThat(settings.model()).isEqualTo(new ModelSettings("s3a://bucket/model", ModelSettings.Storage.BFLOAT16));
        assertThat(settings.task())
                .isEqualTo(new TaskSettings(
                        "classification",
                        Optional.of(List.of("classifier")),
                        Optional.of(new Labels(2, List.of("no", "yes"))),
                        0.25,
                        new DenoisingSettings(
                                Optional.of(5.0),
                                0.1,
                                Optional.of("a photo of sks dog"),
                                512,
                                DenoisingSettings.Crop.RANDOM,
                                DenoisingSettings.Flip.RANDOM,
                                Optional.of("dogs"),
                                Optional.of("a photo of a dog"),
                                0.5,
                                List.of("sks dog", "sks dog in snow"),
                                4,
                                9)));
        assertThat(settings.data())
                .isEqualTo(new DataSettings(
                        List.of("a.json", "hdfs://host/b.json"),
                        DataSettings.Format.TOKENS,
                        512,
                        false,
                        false,
                        false,
                        false,
                        new TableSettings(TableSettings.Source.TSV, false, true, List.of("3", "4"), "1"),
                        new ChatSettings(
                                List.of("tool_use"),
                                ChatSettings.Turns.LAST,
                                List.of("2026-11-26"),
                                List.of("turns"))));
        assertThat(settings.adapter())
                .isEqualTo(new AdapterSettings(
                        "lora", 4, 4, 0.05, Optional.of(List.of("q_proj", "o_proj")), Optional.of("other")));
        assertThat(settings.dash())
                .isEqualTo(new DashSettings(
                        true,
                        2,
                        DashSettings.Choice.BOTTOM,
                        Optional.empty(),
                        new DashSettings.Auto(4, 0.5, 6, 7),
                        Optional.of(2e-2),
                        3,
                        1e-5,
                        Optional.of("somewhere")));
        assertThat(settings.checkpoint()).isEqualTo(new CheckpointSettings(0, 5));
        assertThat(settings.training())
                .isEqualTo(new TrainingSettings(
                        3,
                        2,
                        1,
                        new Length.Epochs(1.5),
                        3e-3,
                        TrainingSettings.Schedule.COSINE,
                        9,
                        0,
                        0.8,
                        0.99,
                        1e-7,
                        1,
                        -1,
                        TrainingSettings.Averaging.GRADIENTS,
                        64,
                        true,
                        TrainingSettings.Arithmetic.BFLOAT16));
        assertThat(settings.evaluation())
                .isEqualTo(new EvaluationSettings(
                        List.of("a/ARC-Easy/test.json", "b.json"),
                        List.of("ARC-Easy", "boolq"),
                        50,
                        EvaluationSettings.By.LIKELIHOOD,
                        3,
                        9,
                        16,
                        1,
                        true,
                        0.7,
                        0,
                        1,
                        7));
        assertThat(settings.tracking())
                .isEqualTo(new TrackingSettings(
                        Optional.of("https://tracking.example/mlflow"), "reviews", Optional.of("third")));
    }

    @Test
    void passesSparkPropertiesOnUnderTheirFullNames() {
        Settings settings = read(
                SMALLEST
                        + """
                        spark { master = "local[2]", task.cpus = 2, speculation = false
                                "speculation.interval" = 1s, hadoop.fs { s3a.endpoint = "http://a//b" } }
                        """,
                "spark.\"task.cpus\"=4",
                "spark.executor.extraJavaOptions=-Da=b -Dc=d");
        assertThat(settings.spark())
                .isEqualTo(Map.of(
                        "spark.master", "local[2]",
                        "spark.task.cpus", "4",
                        "spark.speculation", "false",
                        "spark.speculation.interval", "1s",
                        "spark.hadoop.fs.s3a.endpoint", "http://a//b",
                        "spark.executor.extraJavaOptions", "-Da=b -Dc=d"));
    }

    @Test
    void letsTheLastOverrideWin() {
        Settings settings = read(
                SMALLEST,
                "adapter.rank=4",
                "adapter.rank=16",
                "run.output=hdfs://host:8020/a//b",
                "adapter.targets=q_proj, v_proj",
                "task.train=[]",
                "data.train=[x.json, \"file:/y z.json\"]",
                "data.shuffle=false",
                "training.learning-rate=1e-3");
        assertThat(settings.adapter().rank()).isEqualTo(16);
        assertThat(settings.run().output()).isEqualTo("hdfs://host:8020/a//b");
        assertThat(settings.adapter().targets()).contains(List.of("q_proj", "v_proj"));
        assertThat(settings.task().train()).contains(List.of());
        assertThat(settings.data().train()).containsExactly("x.json", "file:/y z.json");
        assertThat(settings.data().shuffle()).isFalse();
        assertThat(settings.training().learningRate()).isEqualTo(1e-3);
    }

    @Test
    void resolvesSubstitutionsAfterOverrides() {
        Settings settings = read(SMALLEST + "adapter.rank = 8\nadapter.alpha = ${adapter.rank}", "adapter.rank=2");
        assertThat(settings.adapter().alpha()).isEqualTo(2);
    }

    @Test
    void includesFilesThatLieBesideIt() throws IOException {
        Files.createDirectories(directory.resolve("base"));
        Files.writeString(directory.resolve("base/model.conf"), "include \"more.conf\"\nmodel.path = m\n");
        Files.writeString(directory.resolve("base/more.conf"), "model.storage = float16\n");
        assertThat(read("include \"base/model.conf\"\n" + SMALLEST).model())
                .isEqualTo(new ModelSettings("model", ModelSettings.Storage.FLOAT16));
    }

    @Test
    void namesTheIncludedFileOfAMistake() throws IOException {
        Files.writeString(directory.resolve("other.conf"), "\nadapter.rank = 0\n");
        assertThatThrownBy(() -> read(SMALLEST + "include \"other.conf\""))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "%s:2: adapter.rank: 0 (must be a whole number from 1 to 65536)",
                        directory.resolve("other.conf"));
    }

    @Test
    void refusesAnIncludedFileThatIsAbsentOrIncludesItself() throws IOException {
        assertThatThrownBy(() -> read("include \"none.conf\""))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "%s: no such file (must be a configuration file; %s includes it)",
                        directory.resolve("none.conf"), file());
        assertThatThrownBy(() -> read("include \"a.conf\""))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: includes itself (%s)", file(), file());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    adapter.rnak = 8            | adapter.rnak: unknown key (did you mean adapter.rank?)
                    adapter { rnk { a = 1 } }   | adapter.rnk.a: unknown key (did you mean adapter.rank?)
                    adaptor.rank = 8            | adaptor.rank: unknown key (did you mean adapter.rank?)
                    rank = 8                    | rank: unknown key (did you mean adapter.rank?)
                    training.batchSize = 8      | training.batchSize: unknown key (did you mean training.batch-size?)
                    datta {}                    | datta: unknown key (did you mean data.train?)
                    adapter = 8                 | adapter: 8 (must be a section of keys)
                    spark = 8                   | spark: 8 (must be a section of Spark properties)
                    spark.a = [1, 2]            | spark.a: [1,2] (must be a text, a number, true or false)
                    run.output = ""             | run.output: "" (must be a path)
                    run.output = "a\\nb"        | run.output: "a\\nb" (must be a path)
                    run.output = null           | run.output: null (must be a path)
                    model.path = { a = 1 }      | model.path: a section (must be a path)
                    model.storage = float64     | model.storage: float64 (must be float32 or bfloat16 or float16 or int8 or nf4)
                    model.storage = FLOAT32     | model.storage: FLOAT32 (must be float32 or bfloat16 or float16 or int8 or nf4)
                    data.train = []             | data.train: [] (must be a path or a list of paths)
                    data.train = [a, [b]]       | data.train: ["a",["b"]] (must be a path or a list of paths)
                    data.train = [a, null]      | data.train: ["a",null] (must be a path or a list of paths)
                    data.chat.labels = user     | data.chat.labels: user (must be assistant or all or last)
                    data.chat.date = 2026-02-30 | data.chat.date: 2026-02-30 (must be a day such as 2026-11-26)
                    data.format = csv           | data.format: csv (must be instruction or tokens or text or chat or latents or images)
                    data.source = excel         | data.source: excel (must be auto or json or csv or tsv or parquet or orc or avro or table)
                    data.columns.text = []      | data.columns.text: [] (must be a column's name, or its number from 0)
                    data.cutoff = 1             | data.cutoff: 1 (must be a whole number from 2 to 1000000)
                    data.shuffle = yes          | data.shuffle: yes (must be true or false)
                    adapter.method = dora       | adapter.method: dora (must be lora or pissa or milora or rosa or spectral or full or lora-dash)
                    adapter.rank = -1           | adapter.rank: -1 (must be a whole number from 1 to 65536)
                    adapter.rank = 1.5          | adapter.rank: 1.5 (must be a whole number from 1 to 65536)
                    adapter.rank = eight        | adapter.rank: eight (must be a whole number from 1 to 65536)
                    adapter.rank = [8]          | adapter.rank: [8] (must be a whole number from 1 to 65536)
                    adapter.rank = 4294967304   | adapter.rank: 4294967304 (must be a whole number from 1 to 65536)
                    adapter.rank = 1e999999999  | adapter.rank: 1e999999999 (must be a whole number from 1 to 65536)
                    adapter.rank = null         | adapter.rank: null (must be a whole number from 1 to 65536)
                    adapter.alpha = 0           | adapter.alpha: 0 (must be a number above 0, at most 1e30)
                    adapter.alpha = NaN         | adapter.alpha: NaN (must be a number above 0, at most 1e30)
                    adapter.dropout = 1         | adapter.dropout: 1 (must be a number from 0 to below 1)
                    adapter.dropout = -0.1      | adapter.dropout: -0.1 (must be a number from 0 to below 1)
                    adapter.dropout = 0.99999998 | adapter.dropout: 0.99999998 (must be a number from 0 to below 1)
                    training.epsilon = 1e-60    | training.epsilon: 1e-60 (must be a number from 1e-30 to 1e30)
                    task.train = [a, a]         | task.train: ["a","a"] (must be a list of different module names, or [])
                    adapter.targets = []        | adapter.targets: [] (must be a list of different module names)
                    adapter.targets = "a,,b"    | adapter.targets: a,,b (must be a list of different module names)
                    adapter.targets = [a, a]    | adapter.targets: ["a","a"] (must be a list of different module names)
                    dash.directions = 0         | dash.directions: 0 (must be a whole number from 1 to 65536)
                    dash.pre-launch-steps = soon | dash.pre-launch-steps: soon (must be a whole number from 1 to 1000000000, or auto)
                    dash.choose = best          | dash.choose: best (must be tsd or top or bottom or random)
                    dash.auto.overlap = 0       | dash.auto.overlap: 0 (must be a number above 0 and at most 1)
                    dash.auto.overlaps = 1      | dash.auto.overlaps: unknown key (did you mean dash.auto.overlap?)
                    dash.coordinate-learning-rate = -1     | dash.coordinate-learning-rate: -1 (must be a number from 0 to 1e38)
                    dash.track-every = -1       | dash.track-every: -1 (must be a whole number from 0 to 1000000000)
                    dash.epsilon = 0            | dash.epsilon: 0 (must be a number above 0)
                    dash.epsilon = 1e-400       | dash.epsilon: 1e-400 (must be a number above 0)
                    checkpoint.every-rounds = -1 | checkpoint.every-rounds: -1 (must be a whole number from 0 to 1000000000)
                    checkpoint.keep = 0         | checkpoint.keep: 0 (must be a whole number from 1 to 1000000)
                    tracking.mlflow.uri = "ftp://host" | tracking.mlflow.uri: ftp://host (must be an http or https URI of a host, without user, password, query and fragment)
                    tracking.mlflow.experiment = "" | tracking.mlflow.experiment: "" (must be a name)
                    training.workers = 0        | training.workers: 0 (must be a whole number from 1 to 65536)
                    training.steps = 0          | training.steps: 0 (must be a whole number from 1 to 1000000000)
                    training.learning-rate = 1e999 | training.learning-rate: 1e999 (must be a number from 0 to 1e38)
                    training.learning-rate = Infinity | training.learning-rate: Infinity (must be a number from 0 to 1e38)
                    training.schedule = step    | training.schedule: step (must be linear or cosine or constant)
                    training.beta2 = 1          | training.beta2: 1 (must be a number from 0 to below 1)
                    training.seed = 1e19        | training.seed: 1e19 (must be a whole number of 64 bits)
                    training.averaging = mean   | training.averaging: mean (must be parameters or gradients)
                    """)
    void saysWhatIsWrongWhereAndWhatIsAllowed(String line, String message) {
        assertThatThrownBy(() -> read(SMALLEST + line))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s:5: %s", file(), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    adapter.rnak=8         | --set: adapter.rnak: unknown key (did you mean adapter.rank?)
                    adapter.rank=-1        | --set: adapter.rank: -1 (must be a whole number from 1 to 65536)
                    adapter.rank=null      | --set: adapter.rank: null (must be a whole number from 1 to 65536)
                    adapter.rank           | --set adapter.rank: not a setting (must be key=value)
                    =8                     | --set =8: not a setting (must be key=value)
                    adapter.targets=[a     | --set adapter.targets:1: List should have ended with ] or had a comma, instead had token: end of file (if you want end of file to be part of a string value, then double-quote it) (must be HOCON)
                    spark.master=[a]       | --set: spark.master: ["a"] (must be a text, a number, true or false)
                    """)
    void saysWhichOverrideIsWrong(String override, String message) {
        assertThatThrownBy(() -> read(SMALLEST, override))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"run.output,a path", "model.path,a path", "data.train,a path or a list of paths"})
    void namesTheFirstKeyThatIsMissing(String key, String allowed) {
        String without = SMALLEST.replaceFirst("(?m)^" + key + " .*$", "");
        assertThatThrownBy(() -> read(without))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: %s: missing (must be %s)", file(), key, allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "lora-dash, true",
        "lora, false",
        "pissa, false",
        "milora, false",
        "rosa, false",
        "spectral, false",
        "full, false"
    })
    void choosesDirectionsForLoraDashAndForOthersWhenAsked(String method, boolean unasked) {
        assertThat(read(SMALLEST, "adapter.method=" + method).dash().on()).isEqualTo(unasked);
        assertThat(read(SMALLEST, "adapter.method=" + method, "dash.on=true")
                        .dash()
                        .on())
                .isTrue();
    }

    @Test
    void refusesLoraDashWithoutASprint() {
        assertThatThrownBy(() -> read(SMALLEST, "dash.on=false"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "%s: dash.on: false (must be true for lora-dash; adapter.method = lora has no sprint)", file());
    }

    @Test
    void refusesDropoutWhereTheWeightsThemselvesAreTrained() {
        assertThatThrownBy(() -> read(SMALLEST, "adapter.method=full", "adapter.dropout=0.1"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "%s: adapter.dropout: 0.1 (must be 0 for full, which trains the weights themselves)", file());
    }

    @Test
    void refusesAnAutomaticBoundaryWithoutRoom() {
        assertThatThrownBy(() -> read(SMALLEST, "dash.pre-launch-steps=auto", "dash.auto.most-steps=49"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: dash.auto.least-steps: 50 (must be at most dash.auto.most-steps, 49)", file());
        assertThat(read(SMALLEST, "dash.auto.most-steps=49").dash().preLaunchSteps())
                .contains(100);
    }

    @Test
    void wantsEitherStepsOrEpochs() {
        assertThatThrownBy(() -> read(SMALLEST + "training.epochs = 3"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: training.steps, training.epochs: both given (exactly one of them must be)", file());
        assertThatThrownBy(() -> read(SMALLEST.replace("training.steps = 60", "")))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: training.steps, training.epochs: neither given (exactly one of them must be)", file());
    }

    @Test
    void takesNumbersThatAreTextAndWholeNumbersInAnyNotation() {
        Settings settings = read(SMALLEST + "adapter.rank = \"8\"\ndash.pre-launch-steps = 1e2\ndata.cutoff = 64.0");
        assertThat(settings.adapter().rank()).isEqualTo(8);
        assertThat(settings.dash().preLaunchSteps()).contains(100);
        assertThat(settings.data().cutoff()).isEqualTo(64);
    }

    @Test
    void tellsSyntaxErrorsOnOneLineWithFileAndLine() {
        assertThatThrownBy(() -> read("adapter {\n  rank = 8\n"))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(file() + ":3: ")
                .hasLineCount(1);
        assertThatThrownBy(() -> read(SMALLEST + "adapter.alpha = ${nothing}"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s:5: Could not resolve substitution to a value: ${nothing} (must be HOCON)", file());
        assertThatThrownBy(() -> read("[1, 2]"))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(file().toString())
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{ a : "})
    void refusesATextThatIsNestedTooDeeply(String opening) {
        assertThatThrownBy(() -> read("a = " + opening.repeat(150_000)))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: nested too deeply (must be a file of sections, keys and values)", file());
    }

    @Test
    void refusesWhatIsNoConfigurationFile() throws IOException {
        SettingsReader reader = new SettingsReader(new Configuration());
        assertThatThrownBy(() -> reader.read(directory.toString(), List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: a directory (must be a configuration file)", directory);
        assertThatThrownBy(() -> reader.read(directory + "/none.conf", List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s/none.conf: no such file (must be a configuration file)", directory);
        assertThatThrownBy(() -> reader.read("", List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("\"\": not a path (must be the path of a configuration file)");
        assertThatThrownBy(() -> reader.read("nowhere://host/a.conf", List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "configuration: nowhere://host/a.conf (must be on a file system that Hadoop is set up for)");
        Files.write(file(), new byte[] {'a', '=', (byte) 0xff});
        assertThatThrownBy(() -> reader.read(file().toString(), List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: not text (a configuration file is in UTF-8)", file());
        Files.write(file(), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> reader.read(file().toString(), List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s: 1048577 bytes (must be at most 1048576)", file());
    }

    @Test
    void readsAnEditedFileWhoseHadoopChecksumIsStale() throws IOException {
        Files.write(directory.resolve(".a.conf.crc"), new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 2, 3, 4});
        assertThat(read(SMALLEST).run().output()).isEqualTo("out");
        assertThat(new SettingsReader(new Configuration())
                        .read(file().toUri().toString(), List.of())
                        .run()
                        .output())
                .isEqualTo("out");
    }

    @Test
    void travelsToExecutorsBySerialisation() throws IOException, ClassNotFoundException {
        Settings settings = read(SMALLEST + "dash.cache = somewhere\nspark.task.cpus = 2");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(settings);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(settings);
        }
    }

    private Path file() {
        return directory.resolve("a.conf");
    }

    private Settings read(String text, String... overrides) {
        try {
            Files.writeString(file(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SettingsReader(new Configuration()).read(file().toString(), List.of(overrides));
    }
}
