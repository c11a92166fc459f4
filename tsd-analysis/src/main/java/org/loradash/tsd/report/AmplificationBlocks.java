package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.report.TsdReport.Amplified;

/** Change rates of the chosen directions at the boundary and at the end. */
final class AmplificationBlocks {
    private AmplificationBlocks() {}

    static Block[] of(List<Amplified> amplifications) {
        Map<String, Block> tasks = new LinkedHashMap<>();
        Means.groups(amplifications, Amplified::task).forEach((task, own) -> tasks.put(task, new Group(ofTask(own))));
        return new Block[] {
            new Paragraph(
                    "Change rates of the directions chosen at the boundary: at the end of training, beside those at"
                            + " the boundary. A factor above 1 says that the sprint moved them further."),
            tasks.size() == 1 ? tasks.values().iterator().next() : new Chooser("Task", tasks)
        };
    }

    private static List<Block> ofTask(List<Amplified> amplifications) {
        Map<String, List<Amplified>> byKind = Means.groups(amplifications, one -> new TargetName(one.target()).kind());
        List<Series> rates = new ArrayList<>();
        List<Series> factors = new ArrayList<>();
        byKind.forEach((kind, own) -> {
            rates.add(new Series(
                    kind,
                    own.stream()
                            .flatMapToDouble(one -> doubles(one.atBoundary()))
                            .toArray(),
                    own.stream().flatMapToDouble(one -> doubles(one.atEnd())).toArray()));
            factors.add(
                    Means.series(kind, own, one -> new TargetName(one.target()).layer(), AmplificationBlocks::factor));
        });
        return List.of(
                new SideBySide(List.of(
                        new ScatterChart(
                                "Chosen directions at the end and at the boundary",
                                Axis.logarithmic("change rate at the boundary"),
                                Axis.logarithmic("change rate at the end"),
                                rates),
                        new ScatterChart(
                                "Factor by layer",
                                Axis.counting("layer"),
                                Axis.logarithmic("end over boundary"),
                                factors))),
                kinds(byKind),
                new Table(
                        List.of("Target", "Factor", "Directions (best first)", "At the boundary", "At the end"),
                        amplifications.stream()
                                .map(one -> List.of(
                                        one.target(),
                                        Html.number(factor(one)),
                                        Arrays.stream(one.directions())
                                                .mapToObj(String::valueOf)
                                                .collect(Collectors.joining(", ")),
                                        numbers(one.atBoundary()),
                                        numbers(one.atEnd())))
                                .toList()));
    }

    private static Table kinds(Map<String, List<Amplified>> byKind) {
        List<List<String>> rows = new ArrayList<>();
        byKind.forEach((kind, own) -> rows.add(List.of(
                kind,
                Html.number(median(
                        own.stream().mapToDouble(AmplificationBlocks::factor).toArray())),
                String.valueOf(own.size()))));
        return new Table(List.of("Kind", "Median factor", "Targets"), rows);
    }

    /** The mean rate at the end over the mean rate at the boundary. */
    private static double factor(Amplified one) {
        return doubles(one.atEnd()).sum() / doubles(one.atBoundary()).sum();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    private static DoubleStream doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
    }

    private static String numbers(float[] values) {
        return doubles(values).mapToObj(Html::number).collect(Collectors.joining(", "));
    }
}
