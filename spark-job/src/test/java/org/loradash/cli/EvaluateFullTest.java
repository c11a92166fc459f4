package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;

/** What full fine-tuning leaves has no adapter: it is asked as the model that it is. */
class EvaluateFullTest {
    private static final Path BASE = Fixtures.path("tiny-llama/model");

    @TempDir
    private static Path temporary;

    private static Path configuration;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = temporary.resolve("run");
        configuration = Files.writeString(
                temporary.resolve("full.conf"),
                """
                run.output = "%s"
                model.path = "%s"
                data { train = "%s", cutoff = 96 }
                adapter { method = full, targets = [q_proj, v_proj, down_proj] }
                training { local-steps = 1, batch-size = 4, steps = 2, learning-rate = 1e-2 }
                evaluation {
                  data = "%s", sets = ARC-Easy, records = 6
                  batch-size = 2, part-size = 4, max-tokens = 12, beams = 2
                }
                """
                                .formatted(
                                        run,
                                        BASE,
                                        Fixtures.path("arc-easy/train.json"),
                                        Fixtures.path("arc-easy/held-out.jsonl"))
                        + TrainCommandLine.SPARK);
        checkDone(TrainCommandLine.train(configuration.toString()));
        assertThat(run.resolve("adapter")).doesNotExist();
    }

    @Test
    void aFinishedRunGivesTheAnswersOfItsModelDirectory() throws IOException {
        Path ofRun = run.resolve("evaluation");
        checkDone(evaluate());
        Path ofModel = temporary.resolve("of-model");
        checkDone(evaluate("--base", "--set", "model.path=" + run + "/model", "--output", ofModel.toString()));
        assertSame(ofRun, ofModel);
    }

    @Test
    void theirLikelihoodsAreNotThoseOfTheModelBefore() throws IOException {
        String byLikelihood = "evaluation.by=likelihood";
        Path ofRun = run.resolve("evaluation/likelihood");
        checkDone(evaluate("--set", byLikelihood, "--name", "likelihood"));
        Path ofModel = temporary.resolve("likelihood-of-model");
        checkDone(evaluate(
                "--set",
                byLikelihood,
                "--base",
                "--set",
                "model.path=" + run + "/model",
                "--output",
                ofModel.toString()));
        assertSame(ofRun, ofModel);

        Path before = temporary.resolve("likelihood-before");
        checkDone(evaluate("--set", byLikelihood, "--base", "--output", before.toString()));
        assertThat(Files.readAllLines(ofRun.resolve("ARC-Easy.jsonl")))
                .hasSize(6)
                .doesNotContainAnyElementsOf(Files.readAllLines(before.resolve("ARC-Easy.jsonl")));
    }

    private static void assertSame(Path one, Path other) {
        for (String file : List.of("ARC-Easy.jsonl", "accuracy.json", "table.txt")) {
            assertThat(one.resolve(file)).hasSameBinaryContentAs(other.resolve(file));
        }
    }

    private static TrainCommandLine.Ended evaluate(String... options) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", configuration.toString()));
        arguments.addAll(List.of(options));
        return TrainCommandLine.run(arguments);
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
