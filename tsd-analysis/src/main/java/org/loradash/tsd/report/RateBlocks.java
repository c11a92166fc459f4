package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.loradash.tsd.TargetName;

/** Change rates of many targets: an overview, the article's three charts of each, and a table. */
final class RateBlocks {
    private static final int RANKED_POINTS = 130;

    private RateBlocks() {}

    /** @param marked what the listed directions of a target are called */
    static Block[] of(List<RunReport.Target> targets, String marked) {
        return new Block[] {
            new SideBySide(List.of(
                    overview("Highest change rate of each target", targets, RateBlocks::highest),
                    overview("Median change rate of each target", targets, RateBlocks::median))),
            new Chooser("Target", charts(targets, marked)),
            new Table(
                    List.of("Target", "Directions (best first)", "Highest rate", "Lowest " + marked, "Median rate"),
                    targets.stream().map(RateBlocks::row).toList())
        };
    }

    /** One figure of every target: a point at its layer, a colour for its kind. */
    private static ScatterChart overview(
            String caption, List<RunReport.Target> targets, ToDoubleFunction<RunReport.Target> figure) {
        Map<String, List<RunReport.Target>> byKind = targets.stream()
                .collect(Collectors.groupingBy(
                        target -> new TargetName(target.name()).kind(), LinkedHashMap::new, Collectors.toList()));
        List<Series> kinds = new ArrayList<>();
        byKind.forEach((kind, own) -> kinds.add(new Series(
                kind,
                own.stream()
                        .mapToDouble(target -> new TargetName(target.name()).layer())
                        .toArray(),
                own.stream().mapToDouble(figure).toArray())));
        return new ScatterChart(caption, Axis.counting("layer"), Axis.logarithmic("change rate"), kinds);
    }

    private static Map<String, Block> charts(List<RunReport.Target> targets, String marked) {
        Map<String, Block> charts = new LinkedHashMap<>();
        for (RunReport.Target target : targets) {
            double[] rates = doubles(target.changeRate());
            double[] index = IntStream.range(0, rates.length).asDoubleStream().toArray();
            double[] sigma = doubles(target.sigma());
            charts.put(
                    target.name(),
                    new SideBySide(List.of(
                            new ScatterChart(
                                    "Change rate by index",
                                    Axis.counting("direction (0: largest singular value)"),
                                    Axis.logarithmic("change rate"),
                                    List.of(
                                            new Series("all directions", index, rates),
                                            listed(marked, target, index, rates))),
                            new ScatterChart(
                                    "Change rate by singular value",
                                    Axis.linear("singular value"),
                                    Axis.logarithmic("change rate"),
                                    List.of(
                                            new Series("all directions", sigma, rates),
                                            listed(marked, target, sigma, rates))),
                            ranked(rates),
                            best(target))));
        }
        return charts;
    }

    private static Series listed(String name, RunReport.Target target, double[] x, double[] rates) {
        return new Series(
                name,
                Arrays.stream(target.directions()).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(target.directions()).mapToDouble(i -> rates[i]).toArray());
    }

    private static ScatterChart ranked(double[] rates) {
        double[] descending = Arrays.stream(rates)
                .boxed()
                .sorted(Comparator.reverseOrder())
                .mapToDouble(Double::doubleValue)
                .toArray();
        int[] kept = Thinning.logarithmic(descending.length, RANKED_POINTS);
        Series series = new Series(
                "change rate",
                Arrays.stream(kept).mapToDouble(i -> i + 1.0).toArray(),
                Arrays.stream(kept).mapToDouble(i -> descending[i]).toArray());
        return new ScatterChart(
                "Change rates ranked", Axis.logarithmic("rank"), Axis.logarithmic("change rate"), List.of(series));
    }

    private static Table best(RunReport.Target target) {
        List<List<String>> rows = new ArrayList<>();
        for (int rank = 0; rank < target.directions().length; rank++) {
            int i = target.directions()[rank];
            rows.add(List.of(
                    String.valueOf(rank + 1),
                    String.valueOf(i),
                    Html.number(target.sigma()[i]),
                    Html.number(target.changeRate()[i])));
        }
        return new Table(List.of("Rank", "Direction", "Singular value", "Change rate"), rows);
    }

    private static List<String> row(RunReport.Target target) {
        int last = target.directions().length - 1;
        return List.of(
                target.name(),
                Arrays.stream(target.directions()).mapToObj(String::valueOf).collect(Collectors.joining(", ")),
                Html.number(highest(target)),
                last < 0 ? "" : Html.number(target.changeRate()[target.directions()[last]]),
                Html.number(median(target)));
    }

    private static double highest(RunReport.Target target) {
        return Arrays.stream(doubles(target.changeRate())).max().orElse(Double.NaN);
    }

    private static double median(RunReport.Target target) {
        float[] sorted = target.changeRate().clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
