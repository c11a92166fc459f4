package org.loradash.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

class SweepReaderTest {
    private static final String COMMON =
            """
            run.output = out
            model.path = model
            data.train = a.json
            training.steps = 60
            adapter { rank = 8, alpha = ${adapter.rank} }
            """;

    @TempDir
    private Path directory;

    @Test
    void givesEachRunItsDifferencesAndADirectoryOfItsOwn() {
        Sweep sweep = read(COMMON + "sweep = [{ name = small, adapter.rank = 2 }, { name = b, data.train = [x, y] }]");
        assertThat(sweep.output()).isEqualTo("out");
        assertThat(sweep.members().stream().map(Sweep.Member::name)).containsExactly("small", "b");
        Sweep.Member small = sweep.members().get(0);
        assertThat(small.differences()).isEqualTo(Map.of("adapter.rank", "2"));
        assertThat(small.settings().run().output()).isEqualTo("out/small");
        assertThat(small.settings().adapter().rank()).isEqualTo(2);
        assertThat(small.settings().adapter().alpha())
                .as("substitutions follow the run")
                .isEqualTo(2);
        assertThat(sweep.members().get(1).settings().data().train()).containsExactly("x", "y");
        assertThat(sweep.members().get(1).settings().adapter().alpha()).isEqualTo(8);
    }

    @Test
    void makesEachRunOnceASeed() {
        Sweep sweep = read(COMMON
                + "sweep { seeds = [7, -1], compare-with = b, runs = [{ name = a }, { name = b, adapter.rank = 2 }] }");
        assertThat(sweep.members().stream().map(Sweep.Member::name))
                .containsExactly("a-seed-7", "b-seed-7", "a-seed--1", "b-seed--1");
        assertThat(sweep.members().stream()
                        .map(member -> member.settings().training().seed()))
                .containsExactly(7L, 7L, -1L, -1L);
        assertThat(sweep.variants()).containsExactly("a", "b");
        assertThat(sweep.reference()).isEqualTo("b");
        assertThat(read(COMMON + "sweep { runs = [{ name = a }, { name = b }] }")
                        .reference())
                .isEqualTo("a");
        assertThat(read(COMMON + "sweep { seeds = [1, 2], runs = [{ name = a }] }", "sweep.seeds=[3]")
                        .members())
                .as("the command line goes before the file")
                .singleElement()
                .extracting(Sweep.Member::name)
                .isEqualTo("a-seed-3");
    }

    @Test
    void letsTheCommandLineGoBeforeEveryRun() {
        Sweep sweep = read(
                COMMON + "sweep = [{ name = a, adapter.rank = 2 }, { name = b, training.steps = 3 }]",
                "adapter.rank=4",
                "run.output=hdfs://host:8020/all");
        assertThat(sweep.members())
                .allMatch(member -> member.settings().adapter().rank() == 4);
        assertThat(sweep.members().get(1).settings().run().output()).isEqualTo("hdfs://host:8020/all/b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"methods", "pre-launch-steps", "directions", "choice", "rank"})
    void readsTheSweepsOfTheProject(String name) {
        Sweep sweep = new SweepReader(new Configuration()).read("../conf/sweeps/" + name + ".conf", List.of());
        assertThat(sweep.output()).isEqualTo("runs/" + name);
        assertThat(sweep.members()).hasSizeGreaterThan(3);
        assertThat(sweep.members().stream().map(Sweep.Member::settings)).doesNotHaveDuplicates();
    }

    /** Its paths come from the environment, or from the command line. */
    @Test
    void readsTheExperimentOnSmolLm2() {
        Sweep sweep = new SweepReader(new Configuration())
                .read(
                        "../conf/commonsense/smollm2-135m.conf",
                        List.of("model.path=m", "data.train=a.json", "evaluation.data=ARC-Easy/test.json"));
        assertThat(sweep.variants())
                .startsWith("lora", "lora-dash", "lora-9", "milora")
                .hasSize(8);
        assertThat(sweep.members())
                .hasSize(24)
                .allMatch(
                        member -> member.settings().training().length().equals(new TrainingSettings.Length.Steps(100)));
        assertThat(sweep.reference()).isEqualTo("lora");
        assertThat(sweep.members().get(6).settings().dash().coordinateLearningRate())
                .contains(2e-2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    x = 1                             | sweep: missing (must be a list of runs, each a section of its name and the settings in which it differs, or a section with such a list as runs)
                    sweep = []                        | sweep: [] (must be a list of runs, each a section of its name and the settings in which it differs)
                    sweep = [a]                       | sweep: a (must be a section of a run's name and the settings in which it differs)
                    sweep = [{ adapter.rank = 4 }]    | name: missing (must be letters, digits, dots, hyphens and underscores, for the run's directory, and not base)
                    sweep = [{ name = "../a" }]       | name: ../a (must be letters, digits, dots, hyphens and underscores, for the run's directory, and not base)
                    sweep = [{name = a}, {name = a}]  | name: a (must be another run's no more)
                    sweep = [{name = a, run.output=b}]| run: {"output":"b"} (must be given for the whole sweep; each run lies below run.output, under its name)
                    sweep = [{ name = base }]         | name: base (must be letters, digits, dots, hyphens and underscores, for the run's directory, and not base)
                    sweep { seeds = [1] }             | sweep: no runs (must be a list of runs, each a section of its name and the settings in which it differs)
                    sweep { runs = [{name=a}], x = 1} | sweep.x: unknown key (must be runs, seeds or compare-with)
                    sweep { runs = [{name=a}], seeds = [1, 1] } | sweep.seeds: [1,1] (must be a list of different seeds, each a whole number of 64 bits)
                    sweep { runs = [{name=a}], compare-with = b } | sweep.compare-with: b (must be the name of one of the runs)
                    sweep { runs = [{name=a, training.seed = 2}], seeds = [1] } | training.seed: 2 (must not be given beside sweep.seeds)
                    sweep = [{name=a, evaluation.by = likelihood}] | evaluation: {"by":"likelihood"} (must be given for the whole sweep: all runs are asked the same questions)
                    sweep = [{name=a},{name=b, adapter.rank = 0}] | adapter.rank: 0 (must be a whole number from 1 to 65536)
                    sweep = [{name=a},{name=b, adapter.rnk = 1}] | adapter.rnk: unknown key (did you mean adapter.rank?)
                    """)
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> read(COMMON.replace("adapter {", text + "\nadapter {")))
                .isInstanceOf(InvalidInput.class)
                .message()
                .startsWith(directory.resolve("a.conf").toString())
                .endsWith(": " + message)
                .hasLineCount(1);
    }

    @Test
    void isNotForTheCommandThatTrainsOneRun() throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), COMMON + "sweep = [{ name = a }]");
        assertThatThrownBy(() -> new SettingsReader(new Configuration()).read(file.toString(), List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("%s:6: sweep: several runs (must be given to the command sweep)", file);
    }

    private Sweep read(String text, String... overrides) {
        try {
            Path file = Files.writeString(directory.resolve("a.conf"), text);
            return new SweepReader(new Configuration()).read(file.toString(), List.of(overrides));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
