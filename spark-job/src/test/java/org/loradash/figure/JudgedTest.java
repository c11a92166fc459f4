package org.loradash.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.report.Block;
import org.loradash.tsd.report.HtmlReport;

/** Predictions are kept as lines of JSON, and the worst of them are shown first. */
class JudgedTest {
    private static final List<String> NAMES = List.of("no", "yes");

    @Test
    void aLineNamesClassesAndTheirProbabilities() {
        Judged judged = judged(7, 1, 0, 0);
        assertThat(judged.line())
                .isEqualTo("{\"set\":\"dev\",\"index\":7,\"file\":\"a.tsv\",\"label\":\"yes\",\"predicted\":\"no\","
                        + "\"correct\":false,\"probabilities\":{\"no\":0.5,\"yes\":0.5},\"logits\":[0.0,0.0]}\n");
        assertThat(Judged.read(judged.line()).orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("prediction.example")
                .isEqualTo(judged);
    }

    @Test
    void aLineOfAValueHasNoClasses() {
        Judged judged = new Judged("dev", "a.tsv", 0, new Prediction(0, 0.1f, new float[] {2.5f}), List.of());
        assertThat(judged.line())
                .isEqualTo("{\"set\":\"dev\",\"index\":0,\"file\":\"a.tsv\",\"label\":0.1,\"predicted\":2.5}\n");
        assertThat(Judged.read(judged.line()).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(judged);
    }

    @Test
    void whatIsNoLineIsNotRead() {
        String line = judged(7, 1, 0, 0).line();
        for (String wrong : List.of(
                line.substring(0, line.length() - 4),
                "",
                "[]",
                line.replace("\"label\":\"yes\"", "\"label\":\"maybe\""),
                line.replace("[0.0,0.0]", "[0.0]"),
                line.replace("[0.0,0.0]", "[0.0,\"0\"]"),
                line.replace("\"index\":7,", ""))) {
            assertThat(Judged.read(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aPageShowsTheMostConfidentMistakesFirst() {
        String page = page(List.of(judged(1, 0, 3, 1), judged(2, 1, 1, 0), judged(3, 1, 5, 0), judged(4, 1, 0, 1)));
        assertThat(page)
                .containsSubsequence("<td>no</td><td class=\"n\">1</td><td class=\"n\">0</td>")
                .containsSubsequence("<td>yes</td><td class=\"n\">2</td><td class=\"n\">1</td>")
                .containsSubsequence(
                        "2 misjudged records, the most confident mistakes first.",
                        "<td class=\"n\">3</td><td>yes</td><td>no</td><td class=\"n\">0.9933</td>",
                        "<td class=\"n\">2</td><td>yes</td><td>no</td><td class=\"n\">0.7311</td>");
        assertThat(page(List.of(judged(1, 0, 3, 1)))).contains("No record is misjudged.");
    }

    @Test
    void aPageOfValuesShowsTheFarthestFirst() {
        List<Judged> all = List.of(
                new Judged("dev", "a.tsv", 0, new Prediction(0, 1, new float[] {1.5f}), List.of()),
                new Judged("dev", "a.tsv", 1, new Prediction(1, 5, new float[] {2}), List.of()));
        assertThat(page(all))
                .containsSubsequence(
                        "<td class=\"n\">5.0</td>", "<td class=\"n\">-3.0000</td>", "<td class=\"n\">0.5000</td>");
    }

    private static String page(List<Judged> all) {
        return new HtmlReport("page")
                .section("Predictions", Judgements.of(all).toArray(Block[]::new))
                .render();
    }

    private static Judged judged(int index, int label, float no, float yes) {
        return new Judged("dev", "a.tsv", index, new Prediction(0, label, new float[] {no, yes}), NAMES);
    }
}
