package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.report.TsdReport.Similar;

/** Heat maps of every two tasks' directions, and how many they share. */
final class SimilarityBlocks {
    /** Directions this close are the same but for rounding. */
    private static final double SAME = 0.99;

    private SimilarityBlocks() {}

    static Block[] of(List<Similar> similarities) {
        Map<String, Block> maps = new LinkedHashMap<>();
        Means.groups(similarities, Similar::target)
                .forEach((target, own) -> maps.put(
                        target,
                        new SideBySide(own.stream()
                                .map(one -> (Block) new HeatMap(
                                        one.first() + " and " + one.second(),
                                        "rank in " + one.first(),
                                        "rank in " + one.second(),
                                        one.values()))
                                .toList())));
        return new Block[] {
            new Paragraph(
                    "Each task's directions with the highest change rates, the best first. A dark cell is a direction"
                            + " that both tasks have; off the diagonal it matters more to one than to the other."),
            new SideBySide(List.of(shared(similarities), table(similarities))),
            new Chooser("Target", maps)
        };
    }

    private static ScatterChart shared(List<Similar> similarities) {
        List<Series> pairs = new ArrayList<>();
        Means.groups(similarities, SimilarityBlocks::pair)
                .forEach((pair, own) -> pairs.add(Means.series(
                        pair, own, one -> new TargetName(one.target()).layer(), SimilarityBlocks::sharedFraction)));
        return new ScatterChart(
                "Share of directions in common, by layer", Axis.counting("layer"), Axis.fraction("share"), pairs);
    }

    private static Table table(List<Similar> similarities) {
        Map<String, List<Similar>> byKind = Means.groups(similarities, one -> new TargetName(one.target()).kind());
        List<String> header = new ArrayList<>(List.of("Tasks", "All"));
        header.addAll(byKind.keySet());
        List<List<String>> rows = new ArrayList<>();
        Means.groups(similarities, SimilarityBlocks::pair).forEach((pair, own) -> {
            Map<String, Double> means = own.stream()
                    .collect(Collectors.groupingBy(
                            one -> new TargetName(one.target()).kind(),
                            Collectors.averagingDouble(SimilarityBlocks::sharedFraction)));
            List<String> row =
                    new ArrayList<>(List.of(pair, Html.number(Means.of(own, SimilarityBlocks::sharedFraction))));
            byKind.keySet().forEach(kind -> row.add(means.containsKey(kind) ? Html.number(means.get(kind)) : ""));
            rows.add(row);
        });
        return new Table(header, rows);
    }

    private static double sharedFraction(Similar one) {
        long shared = Arrays.stream(one.values())
                .filter(row -> Arrays.stream(row).anyMatch(value -> value >= SAME))
                .count();
        return one.values().length == 0 ? 0 : (double) shared / one.values().length;
    }

    private static String pair(Similar one) {
        return one.first() + " and " + one.second();
    }
}
