package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.evaluate.PairedDifferenceTest.scores;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.loradash.config.Figure;
import org.loradash.evaluate.Comparison.Variant;

class ComparisonTest {
    private final Scores none = scores(new double[] {0, 0}, new double[] {0, 1});
    private final Scores some = scores(new double[] {1, 0}, new double[] {0, 1});
    private final Scores all = scores(new double[] {1, 1}, new double[] {1, 1});

    private final Comparison comparison = new Comparison(
            Figure.ACCURACY,
            "questions",
            List.of(
                    variant("base", 0, none, none),
                    variant("lora", 1000, some, all),
                    variant("lora-dash", 1234, all, all),
                    variant("late", 7, none)),
            "lora");

    @Test
    void showsEachMethodsMeanWithItsSpreadAndItsDifference() {
        assertThat(comparison.table().text().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .containsExactly(
                        "method | trained | runs | x | y | average | minus lora | 95 % over seeds | 95 % over questions",
                        "base | - | - | 0.0 | 50.0 | 25.0 | -50.0 | -367.7 to +267.7 | -84.6 to -15.4",
                        "lora | 1,000 | 2 | 75.0 \u00b1 35.4 | 75.0 \u00b1 35.4 | 75.0 \u00b1 35.4 | - | - | -",
                        "lora-dash | 1,234 | 2 | 100.0 \u00b1 0.0 | 100.0 \u00b1 0.0 | 100.0 \u00b1 0.0 | +25.0 | -292.7 to +342.7 | -9.6 to +59.6",
                        "late | 7 | 1 | 0.0 | 50.0 | 25.0 | -25.0 | - | -74.0 to +24.0");
    }

    @Test
    void takesPairsOfTheSameSeedAlone() {
        Comparison unpaired = new Comparison(
                Figure.LOSS,
                "records",
                List.of(variant("lora", 1, some), new Variant("other", 1, new TreeMap<>(java.util.Map.of(9L, all)))),
                "lora");
        assertThat(unpaired.difference(unpaired.variants().get(1))).isEmpty();
        assertThat(unpaired.table().text()).contains("0.5000", "1.0000");
    }

    @Test
    void givesAllFiguresAsJson() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        comparison.write(json);
        assertThat(json.path("reference").asText()).isEqualTo("lora");
        assertThat(json.at("/methods/lora-dash/trainable_parameters").asLong()).isEqualTo(1234);
        assertThat(json.at("/methods/lora/average_by_seed/1").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/methods/lora/average_by_seed/2").asDouble()).isEqualTo(1);
        assertThat(json.at("/methods/lora/sets/x/mean").asDouble()).isEqualTo(0.75);
        assertThat(json.at("/methods/lora-dash/difference/value").asDouble()).isEqualTo(0.25);
        assertThat(json.at("/methods/lora-dash/difference/interval_95_over_seeds"))
                .hasSize(2);
        assertThat(json.at("/methods/lora/difference").isMissingNode()).isTrue();
    }

    @Test
    void drawsADifferenceWhereItHasAnInterval() {
        StringBuilder html = new StringBuilder();
        comparison.charts().appendTo(html);
        assertThat(html)
                .containsSubsequence(
                        "Difference from lora, 95 % over seeds",
                        "<title>lora-dash: 25,", "Difference from lora, 95 % over questions", "<title>late: -25,");
        assertThat(html.toString().split("<title>late:")).hasSize(2);
        assertThat(html).doesNotContain("<title>base:");
    }

    private static Variant variant(String name, long parameters, Scores... bySeed) {
        TreeMap<Long, Scores> seeds = new TreeMap<>();
        for (Scores scores : bySeed) {
            seeds.put(seeds.size() + 1L, scores);
        }
        return new Variant(name, parameters, seeds);
    }
}
