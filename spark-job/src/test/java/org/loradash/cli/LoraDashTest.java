package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.Key;
import org.loradash.config.Keys;
import org.loradash.config.Settings;
import org.loradash.tsd.InvalidInput;

class LoraDashTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Settings> trained = new ArrayList<>();
    private Path configuration;

    @BeforeEach
    void writeConfiguration() throws IOException {
        configuration = Files.writeString(
                directory.resolve("a b.conf"), "run.output = o, model.path = m, data.train = t, training.steps = 1");
    }

    @Test
    void trainsWithTheFilesSettingsAndTheOverrides() {
        assertThat(run("train", configuration.toString(), "--set", "adapter.rank=4", "--set", "run.output=x=y"))
                .isZero();
        assertThat(trained).hasSize(1);
        assertThat(trained.get(0).adapter().rank()).isEqualTo(4);
        assertThat(trained.get(0).run().output()).isEqualTo("x=y");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void endsWithTwoAndOneLineForAMistakeInASetting() {
        assertThat(run("train", configuration.toString(), "--set", "adapter.rnak=4"))
                .isEqualTo(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("lora-dash: --set: adapter.rnak: unknown key (did you mean adapter.rank?)");
        assertThat(trained).isEmpty();
    }

    @Test
    void endsWithTwoForAFileThatIsAbsent() {
        assertThat(run("train", "none.conf")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("lora-dash: none.conf: no such file (must be a configuration file)");
    }

    @Test
    void endsWithTwoAndOneLineForAWrongCommandLine() {
        assertThat(run("train")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(run("tain", "a")).isEqualTo(2);
        assertThat(run("train", "a", "b")).isEqualTo(2);
        assertThat(run("train", "a", "--sett", "b")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "lora-dash: CONF: missing (must be given: CONF)",
                        "lora-dash: COMMAND: missing (must be one of train, sweep, evaluate, predict, generate, merge, plan, show)",
                        "lora-dash: tain: unknown command (must be one of train, sweep, evaluate, predict, generate, merge, plan, show)",
                        "lora-dash: b: one argument too many (see train --help)",
                        "lora-dash: --sett: unknown option (must be one of --set, --evaluate, --help, --version)");
    }

    @Test
    void findsTheUsersMistakeInsideAFailedSparkJob() {
        Consumer<Settings> training = settings -> {
            throw new IllegalStateException(new SparkException(
                    "Job aborted", new InvalidInput("model/config.json: hidden_size: 0 (must be ...)")));
        };
        assertThat(run(training, "train", configuration.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("lora-dash: model/config.json: hidden_size: 0 (must be ...)");
    }

    @Test
    void endsWithOneForAnyOtherFailure() {
        Consumer<Settings> training = settings -> {
            throw new IllegalStateException("boom\nand more");
        };
        assertThat(run(training, "train", configuration.toString())).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "lora-dash: failed: java.lang.IllegalStateException: boom and more (the log has the stack trace)");
    }

    @Test
    void endsWithOneForAnErrorOfTheMachine() {
        Consumer<Settings> training = settings -> {
            throw new OutOfMemoryError("no more");
        };
        assertThat(run(training, "train", configuration.toString())).isEqualTo(1);
        assertThat(err.toString()).startsWith("lora-dash: failed: java.lang.OutOfMemoryError: no more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train --help", "sweep --help", "plan --help", "show --help"})
    void helpNamesEveryKeyBySectionsAndTheExitStatuses(String arguments) {
        assertThat(run(arguments.split(" "))).isZero();
        assertThat(out.toString())
                .contains("Exit status: 0 done; 2 a mistake")
                .contains("lora-dash train conf/quickstart.conf")
                .contains("  adapter.rank = 32\n      columns of the adapter's factors");
        assertThat(out.toString())
                .contains(Keys.ALL.stream().map(key -> "\n  " + key.name()).toList());
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
        Keys.SECTIONS.forEach(section -> {
            assertThat(out.toString())
                    .contains("\n\n" + section.name() + ": " + section.meaning() + "\n  " + section.name());
            assertThat(section.keys()).allMatch(key -> key.name().startsWith(section.name() + "."));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"evaluate --help", "predict --help"})
    void helpOfAskingNamesTheKeysThatCountThere(String arguments) {
        assertThat(run(arguments.split(" "))).isZero();
        assertThat(out.toString())
                .contains("Exit status: 0 done; 2 a mistake")
                .contains("\n\nevaluation: ", "\n  evaluation.max-tokens = 32", "\n  model.path", "\nspark: ")
                .doesNotContain("adapter.rank = ", "\ntraining: ", "\nsweep: ");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void helpShowsAConfigurationOfKeysThatThereAre() {
        Config example = ConfigFactory.parseString(String.join("\n", HelpText.EXAMPLE));
        assertThat(Keys.ALL.stream().map(Key::name))
                .containsAll(example.entrySet().stream().map(Map.Entry::getKey).toList());
    }

    @Test
    void helpOfTheWholeCommandFitsOnAScreen() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("Exit status: 0 done; 2 a mistake")
                .contains("train --help all keys of a configuration");
        assertThat(out.toString().lines()).hasSizeLessThan(50).allMatch(line -> line.length() <= 100);
    }

    @Test
    void tellsVersions() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("lora-dash \\d+\\.\\d+\\.\\d+ \\(Spark 3\\.5\\.\\d+, Java \\d+.*\\)\\R");
    }

    private int run(String... arguments) {
        return run(trained::add, arguments);
    }

    private int run(Consumer<Settings> training, String... arguments) {
        return LoraDash.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true), training);
    }
}
