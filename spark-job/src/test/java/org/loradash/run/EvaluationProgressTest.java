package org.loradash.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long seconds = 0;
    private final EvaluationProgress progress = new EvaluationProgress(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            EvaluationProgress.Kind.ANSWERS,
            100,
            () -> seconds * 1_000_000_000L);

    @Test
    void tellsHowManyHowRightAndHowLong() {
        progress.kept("boolq", 20, 10);
        seconds = 10;
        progress.done("boolq", 20, 20);
        seconds = 30;
        progress.done("piqa", 40, 10);
        assertThat(lines())
                .containsExactly(
                        "evaluation 40 of 100 answered  boolq 0.7500 so far (30 of 40)  30 s left",
                        "evaluation 80 of 100 answered  piqa 0.2500 so far (10 of 40)  10 s left");
    }

    @Test
    void beginsWithHowManyThereAre() {
        progress.begin(1, 0);
        progress.begin(2, 40);
        assertThat(lines()).containsExactly("100 questions of 1 set", "going on: 40 of 100 questions are answered");
    }

    @Test
    void isSilentWithinASecondButNotAtTheEnd() {
        progress.done("boolq", 40, 1);
        progress.done("boolq", 40, 1);
        progress.done("boolq", 20, 1);
        assertThat(lines())
                .containsExactly(
                        "evaluation 40 of 100 answered  boolq 0.0250 so far (1 of 40)  0 s left",
                        "evaluation 100 of 100 answered  boolq 0.0300 so far (3 of 100)  0 s left");
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
