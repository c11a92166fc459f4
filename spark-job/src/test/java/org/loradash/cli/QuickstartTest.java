package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.spark.training.TrainingJob;

/** The quick start, half as long. */
class QuickstartTest {
    private static final int QUESTIONS = 180;

    @TempDir
    private Path directory;

    @Test
    void answersHeldOutQuestionsFarBetterThanTheModelAsItIsAndNamesTheNextCommand() throws IOException {
        Path run = directory.resolve("run");
        Path heldOut = Fixtures.path("topics/held-out.jsonl");
        StringWriter out = new StringWriter();
        String[] arguments = {
            "train",
            "--evaluate",
            "--set=run.output=" + run,
            "--set=model.path=" + Fixtures.path("tiny-llama/model"),
            "--set=data.train=" + Fixtures.path("topics/train.json"),
            "--set=validation.data=" + heldOut,
            "--set=evaluation.data=" + heldOut,
            "--set=training.steps=80",
            "../conf/quickstart.conf"
        };
        assertThat(LoraDash.run(arguments, new PrintWriter(out), new PrintWriter(new StringWriter()), TrainingJob::run))
                .isZero();
        int before = right(run.resolve("evaluation/base"));
        int after = right(run.resolve("evaluation"));
        assertThat(before).as("chance is a third").isBetween(QUESTIONS / 4, QUESTIONS / 2);
        assertThat(after).isGreaterThan(QUESTIONS * 2 / 3);
        assertThat(out.toString().lines())
                .containsSubsequence(
                        "-- the model as it is",
                        "-- what was trained",
                        String.format(
                                Locale.ROOT,
                                "accuracy %.2f before, %.2f after (topics, 180 questions)",
                                (double) before / QUESTIONS,
                                (double) after / QUESTIONS),
                        "next: lora-dash generate %s --instruction \"...\"".formatted(run));
    }

    private static int right(Path evaluation) throws IOException {
        JsonNode accuracy =
                new ObjectMapper().readTree(evaluation.resolve("accuracy.json").toFile());
        JsonNode topics = accuracy.path("sets").path("topics");
        assertThat(topics.path("n").asInt()).isEqualTo(QUESTIONS);
        return topics.path("correct").asInt();
    }
}
