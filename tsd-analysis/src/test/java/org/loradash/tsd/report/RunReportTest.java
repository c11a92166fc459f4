package org.loradash.tsd.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.direction.TaskSpecificDirections;

class RunReportTest {
    private static final List<String> KINDS =
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.up_proj", "mlp.down_proj");

    @Test
    void showsEveryTargetAndNeedsNothingFromElsewhere() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        sample(3, 64, 300).page().write(out);
        String html = out.toString(StandardCharsets.UTF_8);
        assertThat(html).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        assertThat(html.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContainPattern("https?://|src=|href=|url\\(|@import");
        for (int layer = 0; layer < 3; layer++) {
            for (String kind : KINDS) {
                assertThat(html).contains("<option>model.layers." + layer + "." + kind + "</option>");
            }
        }
        assertThat(html).contains("prefers-color-scheme:dark", "worker 1", "Tokens per second", "training.<wbr>seed");
        assertThat(html.split("<svg", -1)).hasSize(1 + 4 + 2 + 3 * 15);
        assertThat(html).doesNotContain("NaN", "Infinity");
    }

    @Test
    void textIsNeverMarkup() {
        String hostile = "<script>alert('x')</script>\"&\n";
        RunReport report = new RunReport(
                hostile,
                "tokens",
                Map.of(hostile, hostile),
                List.of(),
                List.of(),
                List.of(),
                Optional.of(hostile),
                List.of(),
                List.of(new Pictures(hostile, List.of(hostile))),
                List.of(new RunReport.Target(hostile, new float[] {1}, new float[] {2}, new int[] {0})));
        assertThat(report.page().render())
                .doesNotContain("<script>alert")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp; ");
    }

    @Test
    void staysSmallForALargeModelAndALongRun() {
        assertThat(sample(32, 4096, 20_000).page().render().length()).isLessThan(3_500_000);
    }

    @Test
    void aRunThatDidNothingHasAPage() {
        assertThat(new RunReport(
                                "empty",
                                "tokens",
                                Map.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                List.of())
                        .page()
                        .render())
                .contains("No values to draw.");
    }

    @Test
    void showsWhatWasMeasuredOnTheWayBesideTheLosses() {
        String html = new RunReport(
                        "measured",
                        "tokens",
                        Map.of(),
                        List.of(new RunReport.Step(0, 0, 2, 1e-4), new RunReport.Step(1, 0, 1, 1e-4)),
                        List.of(),
                        List.of(
                                new RunReport.Measurement(1, 2.5, Map.of("accuracy", 0.5)),
                                new RunReport.Measurement(2, 1.5, Map.of("accuracy", 0.75))),
                        Optional.of("The result is that of step 2."),
                        List.of(new Paragraph("3 misjudged records")),
                        List.of(),
                        List.of())
                .page()
                .render();
        assertThat(html)
                .contains("<p>The result is that of step 2.</p>")
                .contains("<title>held-out records: 2, 1.5</title>")
                .containsSubsequence(
                        "Predictions of held-out records", "<title>accuracy: 2, 0.75</title>", "3 misjudged records");
    }

    @Test
    void valuesThatCannotBeDrawnAreLeftOut() {
        StringBuilder html = new StringBuilder();
        double[] x = {1, 2, 3, 4};
        double[] y = {1, Double.NaN, -1, 100};
        new LineChart("loss", Axis.linear("x"), Axis.logarithmic("y"), List.of(new Series("a", x, y))).appendTo(html);
        assertThat(html.toString()).contains("<title>a: 4, 100</title>").doesNotContain("NaN", "a: 3");
        assertThat(html.toString().split("<circle", -1)).hasSize(3);
    }

    @Test
    void thinningKeepsTheExtremes() {
        double[] x = new double[10_000];
        double[] y = new double[10_000];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        y[777] = 5;
        y[778] = -5;
        Series thin = Thinning.extremes(new Series("a", x, y), 100);
        assertThat(thin.size()).isEqualTo(100);
        assertThat(thin.y()).contains(5, -5);
        assertThat(thin.x()).isSorted();
        Series points = Thinning.highest(new Series("a", x, y), 100);
        assertThat(points.size()).isEqualTo(100);
        assertThat(points.y()).contains(5).doesNotContain(-5);
        assertThat(points.x()).isSorted().doesNotHaveDuplicates();
        assertThat(Thinning.logarithmic(1000, 20)).startsWith(0).endsWith(999).isSorted();
    }

    @Test
    void numbersAreShort() {
        assertThat(Html.number(0)).isEqualTo("0");
        assertThat(Html.number(0.05)).isEqualTo("0.05");
        assertThat(Html.number(1.5e-4)).isEqualTo("1.5e-4");
        assertThat(Html.number(-2e7)).isEqualTo("-2e7");
        assertThat(Html.number(123.456)).isEqualTo("123.5");
    }

    static RunReport sample(int layers, int n, int stepCount) {
        Random random = new Random(1);
        List<RunReport.Step> steps = new ArrayList<>();
        List<RunReport.Round> rounds = new ArrayList<>();
        for (int step = 0; step < stepCount; step++) {
            double loss = 1.2 + 1.7 * Math.exp(-step / (stepCount / 4.0));
            for (int worker = 0; worker < 2; worker++) {
                double noisy = loss + random.nextGaussian() * 0.08;
                steps.add(new RunReport.Step(step, worker, noisy, 2e-4 * (1 - (double) step / stepCount)));
            }
            if (step % 10 == 0) {
                rounds.add(new RunReport.Round(step / 10, loss, 180 + 20 * random.nextDouble(), 3));
            }
        }
        List<RunReport.Target> targets = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (String kind : KINDS) {
                float[] sigma = new float[n];
                float[] rates = new float[n];
                for (int i = 0; i < n; i++) {
                    sigma[i] = (float) (20 * Math.exp(-3.0 * i / n));
                    rates[i] = (float) Math.abs(random.nextGaussian() * 0.01 / sigma[i]);
                }
                int[] directions = TaskSpecificDirections.choose(rates, 8);
                targets.add(new RunReport.Target("model.layers." + layer + "." + kind, sigma, rates, directions));
            }
        }
        Map<String, String> settings = Map.of("training.seed", "42", "model.path", "hdfs:/models/llama");
        return new RunReport(
                "LoRA-Dash run",
                "tokens",
                settings,
                steps,
                rounds,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                targets);
    }
}
