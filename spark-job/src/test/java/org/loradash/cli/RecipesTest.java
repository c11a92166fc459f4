package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.DashSettings;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.Figure;
import org.loradash.config.ModelSettings;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.TrainingSettings;
import org.loradash.config.ValidationSettings;
import org.loradash.evaluate.TestSet;

/**
 * The recipes in conf/commonsense for the article's models are the article's experiment, and `plan` tells of each what
 * docs/commonsense.md says.
 */
class RecipesTest {
    private static final Path RECIPES = Path.of("..", "conf", "commonsense");
    private static final List<String> HALF_RANK = List.of("adapter.rank=16", "adapter.alpha=32");

    private static RecipePlans plans;

    @BeforeAll
    static void plan() throws IOException, InterruptedException {
        List<RecipePlans.Recipe> recipes = new ArrayList<>();
        for (String recipe : List.of("llama-7b", "llama2-7b", "llama3-8b")) {
            recipes.add(recipe(recipe, List.of()));
            recipes.add(recipe(recipe, HALF_RANK));
        }
        plans = RecipePlans.make(recipes);
    }

    @ParameterizedTest
    @CsvSource({"llama-7b, 2e-4", "llama2-7b, 2e-4", "llama3-8b, 1e-4"})
    void isTheArticlesExperiment(String recipe, double learningRate) {
        Settings settings = read(recipe, List.of());
        assertThat(settings.model().storage()).isEqualTo(ModelSettings.Storage.BFLOAT16);
        assertThat(settings.data().cutoff()).isEqualTo(256);
        assertThat(settings.data().trainOnInputs()).isTrue();
        assertThat(settings.data().shuffle()).isTrue();

        assertThat(settings.adapter().method()).isEqualTo("lora-dash");
        assertThat(settings.adapter().rank()).isEqualTo(32);
        assertThat(settings.adapter().alpha()).isEqualTo(64);
        assertThat(settings.adapter().dropout()).isEqualTo(0.05);
        assertThat(settings.dash().directions()).isEqualTo(8);
        assertThat(settings.dash().preLaunchSteps()).contains(100);
        assertThat(settings.dash().choose()).isEqualTo(DashSettings.Choice.TSD);

        TrainingSettings training = settings.training();
        assertThat(training.averaging()).isEqualTo(TrainingSettings.Averaging.GRADIENTS);
        assertThat(training.workers() * training.batchSize())
                .as("records of a step")
                .isEqualTo(16);
        assertThat(training.length()).isEqualTo(new TrainingSettings.Length.Epochs(3));
        assertThat(training.learningRate()).isEqualTo(learningRate);
        assertThat(training.schedule()).isEqualTo(TrainingSettings.Schedule.LINEAR);
        assertThat(training.warmupSteps()).isEqualTo(100);
        assertThat(training.weightDecay()).isZero();
        assertThat(training.gradientClipping()).isEqualTo(1);
        assertThat(settings.validation())
                .as("120 records held out, the best state of 31,932 steps left, no early end")
                .isEqualTo(new ValidationSettings(List.of(), 120, 0, 80, Figure.LOSS, 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-7b", "llama2-7b", "llama3-8b"})
    void asksAllEightSetsAsTheArticleDoes(String recipe) {
        EvaluationSettings evaluation = read(recipe, List.of()).evaluation();
        assertThat(evaluation.data())
                .extracting(file -> Path.of(file).getParent().getFileName().toString())
                .containsExactlyInAnyOrder(
                        TestSet.COMMONSENSE.stream().map(TestSet::title).toArray(String[]::new));
        assertThat(evaluation.by()).isEqualTo(EvaluationSettings.By.GENERATION);
        assertThat(evaluation.beams()).isEqualTo(4);
        assertThat(evaluation.maxTokens()).isEqualTo(32);
        assertThat(evaluation.sampling()).isFalse();
        assertThat(evaluation.records()).isZero();
    }

    /** A target has rank x (outputs + inputs) parameters. */
    @ParameterizedTest
    @CsvSource({"llama-7b, 11008, 4096", "llama2-7b, 11008, 4096", "llama3-8b, 14336, 1024"})
    void trainsTheFactorsOfFiveTargetsOfEachBlock(String recipe, int intermediate, int keysAndValues) {
        int hidden = 4096;
        int query = hidden + hidden;
        int keyAndValue = 2 * (hidden + keysAndValues);
        int upAndDown = 2 * (hidden + intermediate);
        int ofRankOne = 32 * (query + keyAndValue + upAndDown);
        assertThat(plan(recipe, List.of()))
                .contains("targets    q_proj, k_proj, v_proj, up_proj, down_proj")
                .anyMatch(line -> line.endsWith(
                        "160 targets, rank 32, %,d trainable parameters; 4 workers".formatted(32 * ofRankOne)));
        assertThat(plan(recipe, HALF_RANK))
                .anyMatch(line -> line.endsWith(
                        "160 targets, rank 16, %,d trainable parameters; 4 workers".formatted(16 * ofRankOne)));
    }

    @Test
    void parametersAreThoseOfTheArticlesTables() {
        assertThat(plan("llama-7b", List.of())).anyMatch(line -> line.contains(" 56,098,816 trainable"));
        assertThat(plan("llama2-7b", List.of())).anyMatch(line -> line.contains(" 56,098,816 trainable"));
        assertThat(plan("llama3-8b", List.of())).anyMatch(line -> line.contains(" 56,623,104 trainable"));
    }

    /**
     * 6,738,415,616 and 8,030,261,248 parameters of two bytes are 12.6 and 15.0 GiB. A step of 1024 tokens takes two and a
     * half times what one of 512 without dropout takes, which is docs/memory.md's.
     */
    @ParameterizedTest
    @CsvSource({"llama-7b, 23.4, 12.6, 2.4, 6.2", "llama2-7b, 23.4, 12.6, 2.4, 6.2", "llama3-8b, 25.9, 15.0, 2.6, 6.7"})
    void fitsIntoWhatItAsksTheClusterFor(
            String recipe, String outside, String weights, String heap, String driverHeap) {
        List<String> lines = plan(recipe, List.of());
        assertThat(lines)
                .contains("status 0")
                .anyMatch(line -> line.startsWith(
                                "memory     an executor needs %s GiB outside the heap (weights %s GiB, activations 8.3 GiB, "
                                        .formatted(outside, weights))
                        && line.contains(" and %s GiB of heap (".formatted(heap))
                        && line.contains("it has 6.0 GiB of heap (spark.executor.memory)"))
                .anyMatch(line -> line.startsWith("memory     the driver needs ")
                        && line.contains(" and %s GiB of heap (".formatted(driverHeap)))
                .noneMatch(line -> line.contains("memoryOverhead should be"));
        assertThat(plan(recipe, HALF_RANK))
                .contains("status 0")
                .noneMatch(line -> line.contains("memoryOverhead should be"));
    }

    private static Settings read(String recipe, List<String> overrides) {
        return new SettingsReader(new Configuration()).read(file(recipe), overrides);
    }

    private static String file(String recipe) {
        return RECIPES.resolve(recipe + ".conf").toString();
    }

    /** What its plan has said. */
    private static List<String> plan(String recipe, List<String> settings) {
        return plans.of(recipe(recipe, settings));
    }

    private static RecipePlans.Recipe recipe(String name, List<String> settings) {
        return new RecipePlans.Recipe(file(name), Fixtures.path("models/" + name), settings);
    }
}
