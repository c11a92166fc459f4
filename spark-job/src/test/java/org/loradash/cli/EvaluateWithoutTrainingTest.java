package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;

/** A model that is there is evaluated by a configuration in which nothing is trained. */
class EvaluateWithoutTrainingTest {
    private static final Path MODEL = Fixtures.path("tiny-llama/model");
    private static final String QUESTIONS =
            """
            evaluation { data = "%s", sets = ARC-Easy, records = 2, by = likelihood }
            """
                    .formatted(Fixtures.path("arc-easy/held-out.jsonl"));

    @TempDir
    private Path directory;

    private Path configuration;

    @BeforeEach
    void write() throws IOException {
        configuration = Files.writeString(
                directory.resolve("a.conf"),
                """
                model.path = "%s"
                """.formatted(MODEL)
                        + QUESTIONS
                        + TrainCommandLine.SPARK);
    }

    @Test
    void theModelAndTheQuestionsAreEnough() throws IOException {
        Path output = directory.resolve("output");
        checkDone(evaluate("--base", "--output", output.toString()));
        assertThat(Files.readAllLines(output.resolve("ARC-Easy.jsonl"))).hasSize(2);

        Path run = directory.resolve("run");
        checkDone(evaluate("--base", "--set", "run.output=" + run, "--name", "base"));
        assertThat(run.resolve("evaluation/base/ARC-Easy.jsonl"))
                .hasSameBinaryContentAs(output.resolve("ARC-Easy.jsonl"));
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        assertThat(evaluate().errors())
                .containsExactly(
                        "lora-dash: run.output: missing (must be the directory of a run; or give --adapter DIRECTORY"
                                + " or --base, and --output DIRECTORY)");
        assertThat(evaluate("--base").errors())
                .containsExactly(
                        "lora-dash: run.output: missing (must be the directory of a run; or give --output DIRECTORY)");
        assertThat(evaluate("--base", "--output", "x", "--set", "evaluation.data=[]")
                        .errors())
                .singleElement()
                .asString()
                .contains("evaluation.data");
        Files.writeString(configuration, QUESTIONS);
        TrainCommandLine.Ended ended = evaluate("--base", "--output", "x");
        assertThat(ended.errors())
                .containsExactly("lora-dash: " + configuration + ": model.path: missing (must be a path)");
        assertThat(ended.status()).isEqualTo(2);
    }

    @Test
    void whatIsGivenMustBeAllowedAllTheSame() {
        assertThat(evaluate("--base", "--output", "x", "--set", "training.steps=-3")
                        .errors())
                .containsExactly("lora-dash: --set: training.steps: -3 (must be a whole number from 1 to 1000000000)");
        assertThat(evaluate("--base", "--output", "x", "--set", "training.step=3")
                        .errors())
                .containsExactly("lora-dash: --set: training.step: unknown key (did you mean training.steps?)");
    }

    @Test
    void trainingAsksForMore() {
        assertThat(TrainCommandLine.train(configuration.toString()).errors())
                .containsExactly("lora-dash: " + configuration + ": run.output: missing (must be a path)");
    }

    private TrainCommandLine.Ended evaluate(String... options) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", configuration.toString()));
        arguments.addAll(List.of(options));
        return TrainCommandLine.run(arguments);
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
