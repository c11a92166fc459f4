package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.DashSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.Figure;
import org.loradash.config.Labels;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.Sweep;
import org.loradash.config.SweepReader;
import org.loradash.config.TrainingSettings;

/** The recipes in conf/glue are the authors' settings, and `plan` says of them what docs/glue.md says. */
class GlueRecipesTest {
    private static final Path RECIPES = Path.of("..", "conf", "glue");
    private static final List<String> TASKS = List.of("cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst-2", "sts-b");
    private static final List<String> MODELS = List.of("deberta-v3-base", "deberta-v3-large");
    private static final List<String> RANK_2 = List.of("adapter.rank=2", "adapter.alpha=4");

    /** What MiniLM's recipes take from the environment. */
    private static final List<String> PLACES = List.of("model.path=model", "data.train=train", "evaluation.data=dev");

    private static RecipePlans plans;

    @BeforeAll
    static void plan() throws IOException, InterruptedException {
        List<RecipePlans.Recipe> recipes = new ArrayList<>();
        for (String model : MODELS) {
            for (String task : TASKS) {
                recipes.add(recipe(task, model, List.of()));
                recipes.add(recipe(task, model, RANK_2));
            }
        }
        plans = RecipePlans.make(recipes);
    }

    @ParameterizedTest
    @CsvSource({
        "cola, 8e-4, 25, 64, 100, 0.1, 0, 100, MATTHEWS",
        "mnli, 5e-4, 7, 256, 1000, 0.15, 0, 3000, ACCURACY",
        "mrpc, 1e-3, 30, 320, 344, 0, 0.01, 300, ACCURACY",
        "qnli, 5e-4, 5, 512, 500, 0.1, 0.01, 1000, ACCURACY",
        "qqp, 8e-4, 5, 320, 2000, 0.15, 0.01, 3000, ACCURACY",
        "rte, 1.2e-3, 50, 320, 200, 0.2, 0.01, 100, ACCURACY",
        "sst-2, 8e-4, 24, 128, 1000, 0, 0.01, 3000, ACCURACY",
        "sts-b, 2.2e-3, 25, 128, 100, 0.2, 0.1, 100, PEARSON"
    })
    void haveTheAuthorsSettings(
            String task,
            double learningRate,
            double epochs,
            int length,
            int warmupSteps,
            double dropout,
            double weightDecay,
            int everySteps,
            Figure figure) {
        Settings settings = read(task, List.of());
        assertThat(settings.data().format()).isEqualTo(DataSettings.Format.TEXT);
        assertThat(settings.data().cutoff()).isEqualTo(length);
        assertThat(settings.task().dropout()).isEqualTo(dropout);

        TrainingSettings training = settings.training();
        assertThat(training.averaging()).as("a round is a step").isEqualTo(TrainingSettings.Averaging.GRADIENTS);
        assertThat(training.workers() * training.batchSize())
                .as("records of a step")
                .isEqualTo(32);
        assertThat(training.learningRate()).isEqualTo(learningRate);
        assertThat(training.length()).isEqualTo(new TrainingSettings.Length.Epochs(epochs));
        assertThat(training.schedule()).isEqualTo(TrainingSettings.Schedule.LINEAR);
        assertThat(training.warmupSteps()).isEqualTo(warmupSteps);
        assertThat(training.weightDecay()).isEqualTo(weightDecay);
        assertThat(training.gradientClipping()).isEqualTo(1);
        assertThat(settings.validation().everyRounds()).isEqualTo(everySteps);
        assertThat(settings.validation().figure()).isEqualTo(figure);
        assertThat(settings.validation().keepsBest()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst-2", "sts-b"})
    void areTheArticlesMethod(String task) {
        Settings settings = read(task, List.of());
        assertThat(settings.adapter().method()).isEqualTo("lora-dash");
        assertThat(settings.adapter().rank()).isEqualTo(8);
        assertThat(settings.adapter().alpha()).isEqualTo(16);
        assertThat(settings.dash().directions()).isEqualTo(8);
        assertThat(settings.dash().preLaunchSteps()).contains(100);
        assertThat(settings.dash().choose()).isEqualTo(DashSettings.Choice.TSD);
        assertThat(settings.run().output()).isEqualTo("runs/glue/" + task);
    }

    @ParameterizedTest
    @CsvSource({
        "cola, classification, 2, 3, ",
        "mnli, classification, 3, sentence1, sentence2",
        "mrpc, classification, 2, #1 String, #2 String",
        "qnli, classification, 2, question, sentence",
        "qqp, classification, 2, question1, question2",
        "rte, classification, 2, sentence1, sentence2",
        "sst-2, classification, 2, sentence, ",
        "sts-b, regression, , sentence1, sentence2"
    })
    void readGluesOwnColumns(String task, String kind, Integer classes, String text, String pair) {
        Settings settings = read(task, List.of());
        assertThat(settings.task().kind()).isEqualTo(kind);
        assertThat(settings.task().labels().map(Labels::count)).isEqualTo(Optional.ofNullable(classes));
        assertThat(settings.data().table().text()).isEqualTo(text);
        assertThat(settings.data().table().pair()).isEqualTo(Optional.ofNullable(pair));
        assertThat(settings.data().table().header()).as("CoLA has no header").isEqualTo(!task.equals("cola"));
    }

    /**
     * LoRA of rank r has r x (outputs + inputs) parameters in each of six layers of a block: the article's 0.33 and 1.33
     * million of DeBERTaV3-base. Pooler and classifier are trained whole.
     */
    @ParameterizedTest
    @CsvSource({"deberta-v3-base, 12, 768, 3072", "deberta-v3-large, 24, 1024, 4096"})
    void trainTheFactorsOfSixLayersOfEachBlockAndTheHead(String model, int blocks, int hidden, int intermediate) {
        int ofRankOne = blocks * (4 * 2 * hidden + 2 * (hidden + intermediate));
        for (String task : TASKS) {
            int outputs = task.equals("mnli") ? 3 : task.equals("sts-b") ? 1 : 2;
            int head = hidden * (hidden + 1) + outputs * (hidden + 1);
            assertThat(plans.of(recipe(task, model, List.of())))
                    .contains("status 0")
                    .noneMatch(line -> line.contains("memoryOverhead should be"))
                    .anyMatch(line -> line.endsWith("%d targets, rank 8, %,d trainable parameters; 4 workers"
                            .formatted(6 * blocks, 8 * ofRankOne + head)));
            assertThat(plans.of(recipe(task, model, RANK_2)))
                    .contains("status 0")
                    .noneMatch(line -> line.contains("memoryOverhead should be"))
                    .anyMatch(line -> line.endsWith("%d targets, rank 2, %,d trainable parameters; 4 workers"
                            .formatted(6 * blocks, 2 * ofRankOne + head)));
        }
    }

    /** QNLI's texts are the longest. */
    @ParameterizedTest
    @CsvSource({"deberta-v3-base, 1.6", "deberta-v3-large, 3.7"})
    void fitIntoWhatTheyAskTheClusterFor(String model, String outside) {
        assertThat(plans.of(recipe("qnli", model, List.of())))
                .anyMatch(line ->
                        line.startsWith("memory     an executor needs %s GiB outside the heap".formatted(outside)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"minilm-cola", "minilm-mrpc", "minilm-rte", "minilm-sst-2"})
    void endOnOneMachineWhereTheFigureNoLongerRises(String recipe) {
        Settings settings = read(recipe, PLACES);
        assertThat(settings.validation().holdOut()).isPositive();
        assertThat(settings.validation().keepsBest()).isTrue();
        assertThat(settings.validation().figure()).isNotEqualTo(Figure.LOSS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cola", "mrpc", "rte", "sst-2"})
    void compareWaysOfTrainingWithFiveSeeds(String task) {
        Sweep sweep = new SweepReader(new Configuration()).read(file("experiment-" + task), PLACES);
        assertThat(sweep.reference()).isEqualTo("lora");
        assertThat(sweep.members().stream().map(Sweep.Member::variant).distinct())
                .containsExactly(
                        "lora",
                        "lora-dash",
                        "full",
                        "lora-9",
                        "pissa",
                        "dash-rate-100",
                        "dash-top",
                        "dash-bottom",
                        "dash-random");
        assertThat(sweep.members()).hasSize(9 * 5);
    }

    private static Settings read(String recipe, List<String> overrides) {
        return new SettingsReader(new Configuration()).read(file(recipe), overrides);
    }

    private static String file(String recipe) {
        return RECIPES.resolve(recipe + ".conf").toString();
    }

    private static RecipePlans.Recipe recipe(String task, String model, List<String> settings) {
        return new RecipePlans.Recipe(file(task), Fixtures.path("models/" + model), settings);
    }
}
