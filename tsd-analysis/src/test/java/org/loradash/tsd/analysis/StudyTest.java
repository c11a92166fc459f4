package org.loradash.tsd.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.Fixtures;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.analysis.Study.Part;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.prediction.Cutoffs;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.Task;

/** Everything that a study finds is what NumPy finds in float64 (src-test-data/tsd/make_fixtures.py). */
class StudyTest {
    private static final JsonNode EXPECTED = Fixtures.expected();
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    @Test
    void changeRatesOfATunedModel() {
        Findings findings = study(options(1), Optional.empty(), Set.of(Part.RATES), "tuned");
        assertThat(findings.targets()).hasSize(8).allMatch(target -> !(target.residual() > 1e-5));
        assertRates(findings, "tuned");
        assertThat(findings.targets().stream()
                        .filter(target -> target.change("tuned").isEmpty()))
                .as("unchanged")
                .singleElement()
                .satisfies(target ->
                        assertThat(target.target().name().text()).isEqualTo("model.layers.1.self_attn.v_proj"));
    }

    @Test
    void changeRatesOfAdaptersWithPatterns() {
        Findings findings = study(options(2), Optional.empty(), Set.of(Part.RATES), "first", "second");
        assertThat(findings.targets()).hasSize(8);
        assertRates(findings, "first");
        assertRates(findings, "second");
    }

    @Test
    void recallAndAccuracyOfARunByStep() {
        Findings findings = study(options(2), Optional.of("tuned"), Set.of(Part.PREDICTION), "run");
        assertThat(findings.predictions()).hasSize(4 * 5);
        for (Predictions.At at : findings.predictions()) {
            String name = at.target().target().name().text();
            JsonNode expected =
                    switch (at.stage()) {
                        case TRACKED -> EXPECTED.at("/tracked/" + at.step().getAsLong() + "/" + name);
                        case BOUNDARY -> EXPECTED.at("/boundary/" + name);
                        case END -> EXPECTED.at("/prediction/" + name);
                    };
            assertThat(at.prediction().recall())
                    .as("recall of %s, %s %s", name, at.stage(), at.step())
                    .isEqualTo(expected.get("recall").asDouble());
            assertThat(at.prediction().accuracy())
                    .as("accuracy of %s, %s %s", name, at.stage(), at.step())
                    .isEqualTo(expected.get("accuracy").asDouble());
        }
        assertThat(findings.predictions().stream()
                        .mapToLong(at -> at.step().orElseThrow())
                        .distinct())
                .containsExactly(10L, 15L, 20L, 30L);
    }

    @Test
    void similarityOfTwoTasks() {
        Findings findings = study(options(2), Optional.empty(), Set.of(Part.SIMILARITY), "first", "second");
        assertThat(findings.targets()).as("both tasks change q_proj only").hasSize(2);
        for (TargetFindings target : findings.targets()) {
            JsonNode expected = EXPECTED.at("/similarity/" + target.target().name());
            TargetFindings.Pair pair = target.similarities().get(0);
            assertThat(pair.first() + " " + pair.second()).isEqualTo("first second");
            for (int i = 0; i < 16; i++) {
                for (int j = 0; j < 16; j++) {
                    assertThat(pair.similarity().at(i, j))
                            .isCloseTo(expected.get(i).get(j).asDouble(), within(2e-5));
                }
            }
        }
    }

    @Test
    void amplificationOfARun() {
        Findings findings = study(options(2), Optional.empty(), Set.of(Part.AMPLIFICATION), "run");
        assertThat(findings.amplifications()).hasSize(6);
        for (Amplifications.Of of : findings.amplifications()) {
            JsonNode expected =
                    EXPECTED.at("/amplification/" + of.target().target().name());
            assertThat(of.amplification().directions()).isEqualTo(Fixtures.indices(expected.get("directions")));
            assertThat(of.amplification().factor())
                    .isCloseTo(expected.get("factor").asDouble(), within(1e-4));
        }
    }

    @Test
    void theSameBitsWhateverTheThreadsAndWhereDecompositionsComeFrom() {
        Findings one = study(options(1), Optional.empty(), Set.of(Part.RATES), "first");
        Options kept = new Options(
                List.of(),
                1e-6,
                16,
                Cutoffs.ARTICLE,
                Optional.of(directory.resolve("cache").toString()),
                4);
        Findings computed = study(kept, Optional.empty(), Set.of(Part.RATES), "first");
        Findings read = study(kept, Optional.empty(), Set.of(Part.RATES), "first");
        for (int i = 0; i < one.targets().size(); i++) {
            float[] expected = rates(one, i);
            assertThat(rates(computed, i)).isEqualTo(expected);
            assertThat(rates(read, i)).isEqualTo(expected);
        }
    }

    @Test
    void aCachedDecompositionOfAnotherWeightIsRefused() throws Exception {
        Options kept = new Options(
                List.of("q_proj"),
                1e-6,
                16,
                Cutoffs.ARTICLE,
                Optional.of(directory.resolve("cache").toString()),
                1);
        study(kept, Optional.empty(), Set.of(Part.RATES), "first");
        Path model;
        try (var models = Files.list(directory.resolve("cache"))) {
            model = models.findFirst().orElseThrow();
        }
        Files.copy(
                model.resolve("model.layers.0.self_attn.q_proj.safetensors"),
                model.resolve("model.layers.1.self_attn.q_proj.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(model.resolve(".model.layers.1.self_attn.q_proj.safetensors.crc"));
        assertThatThrownBy(() -> study(kept, Optional.empty(), Set.of(Part.RATES), "first"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("layers.1.self_attn.q_proj.safetensors: relative residual")
                .hasMessageContaining("must be the decomposition of the model's weight");
    }

    @Test
    void targetsAreChosenByTheEndOfTheirNames() {
        Options some = new Options(
                List.of("v_proj", "model.layers.0.mlp.up_proj"), 1e-6, 16, Cutoffs.ARTICLE, Optional.empty(), 2);
        assertThat(study(some, Optional.empty(), Set.of(Part.RATES), "first").targets())
                .extracting(target -> target.target().name().text())
                .containsExactlyInAnyOrder(
                        "model.layers.0.self_attn.v_proj",
                        "model.layers.0.mlp.up_proj",
                        "model.layers.1.self_attn.v_proj");
        Options none = new Options(List.of("k_proj"), 1e-6, 16, Cutoffs.ARTICLE, Optional.empty(), 2);
        assertThatThrownBy(() -> study(none, Optional.empty(), Set.of(Part.RATES), "first"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--targets: k_proj (must name linear layers of " + Fixtures.path("base") + ")");
        Options unchanged = new Options(List.of("down_proj"), 1e-6, 16, Cutoffs.ARTICLE, Optional.empty(), 2);
        assertThatThrownBy(() -> study(unchanged, Optional.empty(), Set.of(Part.RATES), "first"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--targets: down_proj (nothing there changes that is asked for;"
                        + " must be linear layers that the tasks change)");
    }

    private static float[] rates(Findings findings, int target) {
        return findings.targets().get(target).change("first").orElseThrow().changeRates();
    }

    private static void assertRates(Findings findings, String task) {
        int compared = 0;
        for (TargetFindings target : findings.targets()) {
            JsonNode expected = EXPECTED.at("/" + task + "/" + target.target().name());
            Optional<CoreChange> change = target.change(task);
            assertThat(change.isPresent())
                    .as("%s changes %s", task, target.target())
                    .isEqualTo(!expected.isMissingNode());
            if (change.isPresent()) {
                compared++;
                assertThat(change.get().directions(16)).isEqualTo(Fixtures.indices(expected.get("directions")));
                assertClose(change.get().deltaSigma(), Fixtures.numbers(expected.get("delta_sigma")), 1e-5);
                assertClose(change.get().changeRates(), Fixtures.numbers(expected.get("change_rate")), 1e-4);
            }
        }
        assertThat(compared).isEqualTo(EXPECTED.get(task).size());
    }

    /** Within the tolerance of the largest, which is what rounding in float32 is relative to. */
    private static void assertClose(float[] found, double[] expected, double tolerance) {
        assertThat(found).hasSize(expected.length);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(tolerance * largest));
        }
    }

    private static Options options(int threads) {
        return new Options(List.of(), 1e-6, 16, Cutoffs.ARTICLE, Optional.empty(), threads);
    }

    private static Findings study(Options options, Optional<String> reference, Set<Part> parts, String... tasks) {
        List<Task> opened = Arrays.stream(tasks)
                .map(task -> Task.open(Fixtures.path(task).toString(), HADOOP))
                .toList();
        Optional<Task> truth =
                reference.map(task -> Task.open(Fixtures.path(task).toString(), HADOOP));
        try (BaseModel base = BaseModel.open("--base", Fixtures.path("base").toString(), HADOOP)) {
            Progress progress = new Progress(new PrintWriter(new StringWriter()));
            return new Study(base, opened, truth, EnumSet.copyOf(parts), options, HADOOP, progress).make();
        } finally {
            opened.forEach(Task::close);
            truth.ifPresent(Task::close);
        }
    }
}
