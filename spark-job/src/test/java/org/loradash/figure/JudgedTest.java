package org.loradash.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
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
        Judged judged = value(0, 0.1f, 2.5f);
        assertThat(judged.line())
                .isEqualTo("{\"set\":\"dev\",\"index\":0,\"file\":\"a.tsv\",\"label\":0.1,\"predicted\":2.5}\n");
        assertThat(Judged.read(judged.line()).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(judged);
    }

    @Test
    void aLineHasWhatTheRecordSaysWhereThatIsKnown() {
        Judged judged = saying("say \"no\"\n", value(0, 0.1f, 2.5f));
        assertThat(judged.line()).contains("\"file\":\"a.tsv\",\"text\":\"say \\\"no\\\"\\n\",\"label\":0.1");
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
        assertThat(page(List.of(value(0, 1, 1.5f), value(1, 5, 2))))
                .containsSubsequence(
                        "<td class=\"n\">5.0</td>", "<td class=\"n\">-3.0000</td>", "<td class=\"n\">0.5000</td>");
    }

    @Test
    void aPageShowsWhatRecordsSayCutWhereItIsLong() {
        String longest = "\uD83D\uDE00".repeat(199);
        for (List<Judged> all : List.of(
                List.of(
                        saying("a <b>", judged(0, 1, 3, 0)),
                        saying(longest + "ab", judged(1, 1, 2, 0)),
                        judged(2, 1, 1, 0)),
                List.of(saying("a <b>", value(0, 1, 9)), saying(longest + "ab", value(1, 1, 8)), value(2, 1, 7)))) {
            assertThat(page(all))
                    .containsSubsequence(
                            "<th>text</th></tr>",
                            "<td>a &lt;b&gt;</td></tr>",
                            "<td>" + longest + "…</td></tr>",
                            "<td></td></tr>");
        }
        assertThat(page(List.of(saying(longest + "a", value(0, 1, 9))))).contains("<td>" + longest + "a</td>");
        assertThat(page(List.of(judged(0, 1, 3, 0)))).doesNotContain("<th>text</th>");
    }

    private static String page(List<Judged> all) {
        return new HtmlReport("page")
                .section("Predictions", Judgements.of(all).toArray(Block[]::new))
                .render();
    }

    private static Judged judged(int index, int label, float no, float yes) {
        return new Judged(
                "dev", "a.tsv", index, Optional.empty(), new Prediction(0, label, new float[] {no, yes}), NAMES);
    }

    private static Judged value(int index, float label, float predicted) {
        return new Judged(
                "dev", "a.tsv", index, Optional.empty(), new Prediction(0, label, new float[] {predicted}), List.of());
    }

    private static Judged saying(String text, Judged judged) {
        return new Judged(
                judged.set(), judged.file(), judged.index(), Optional.of(text), judged.prediction(), judged.classes());
    }
}
