package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a training run's page shows.
 *
 * @param title the page's title
 * @param settings name and value, in order
 * @param steps every worker's local steps
 * @param rounds the rounds
 * @param targets the adapted weights at the boundary; empty where none was reached
 */
public record RunReport(
        String title, Map<String, String> settings, List<Step> steps, List<Round> rounds, List<Target> targets) {
    /** One worker's local step. */
    public record Step(long step, int worker, double loss, double learningRate) {}

    /** One round: its mean loss, its speed, and how long it took. */
    public record Round(long round, double loss, double tokensPerSecond, double seconds) {}

    /**
     * One adapted weight.
     *
     * @param name its name in the model
     * @param sigma its n singular values, descending
     * @param changeRate the n change rates
     * @param directions the chosen directions' indices, best first
     */
    public record Target(String name, float[] sigma, float[] changeRate, int[] directions) {}

    private static final int MOST_WORKERS = 7;
    private static final int RANKED_POINTS = 200;
    private static final Pattern LAYER = Pattern.compile("(?:^|\\.)(\\d+)(?=\\.)");

    /** The page. */
    public HtmlReport page() {
        HtmlReport page = new HtmlReport(title);
        page.section(
                "Training",
                new SideBySide(List.of(
                        new LineChart("Loss of each step", Axis.linear("step"), Axis.linear("loss"), losses()),
                        perRound("Tokens per second of each round", "tokens/s", Round::tokensPerSecond),
                        perRound("Loss of each round", "loss", Round::loss),
                        new LineChart(
                                "Learning rate",
                                Axis.linear("step"),
                                Axis.linear("learning rate"),
                                List.of(byStep("learning rate", Step::learningRate))))));
        if (!targets.isEmpty()) {
            page.section(
                    "Directions at the boundary",
                    new Paragraph(
                            "How far each core direction of a frozen weight moved, relative to its singular value;"
                                    + " the directions with the highest change rates were chosen as task-specific."),
                    new SideBySide(List.of(
                            overview("Highest change rate of each target", RunReport::highest),
                            overview("Median change rate of each target", RunReport::median))),
                    new Chooser("Target", charts()),
                    new Table(
                            List.of(
                                    "Target",
                                    "Directions (best first)",
                                    "Highest rate",
                                    "Lowest chosen",
                                    "Median rate"),
                            targets.stream().map(RunReport::row).toList()));
        }
        return page.section("Settings", Table.of(settings));
    }

    private List<Series> losses() {
        List<Series> lines = new ArrayList<>();
        Map<Integer, List<Step>> byWorker =
                steps.stream().collect(Collectors.groupingBy(Step::worker, TreeMap::new, Collectors.toList()));
        if (byWorker.size() > 1 && byWorker.size() <= MOST_WORKERS) {
            byWorker.forEach((worker, own) -> lines.add(new Series(
                    "worker " + worker,
                    own.stream().mapToDouble(Step::step).toArray(),
                    own.stream().mapToDouble(Step::loss).toArray())));
        }
        lines.add(byStep("mean", Step::loss)); // last, so that it lies on top
        return lines;
    }

    private Series byStep(String name, ToDoubleFunction<Step> value) {
        Map<Long, Double> means = steps.stream()
                .collect(Collectors.groupingBy(Step::step, TreeMap::new, Collectors.averagingDouble(value)));
        return new Series(
                name,
                means.keySet().stream().mapToDouble(Long::doubleValue).toArray(),
                means.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    private LineChart perRound(String caption, String unit, ToDoubleFunction<Round> value) {
        Series line = new Series(
                unit,
                rounds.stream().mapToDouble(Round::round).toArray(),
                rounds.stream().mapToDouble(value).toArray());
        return new LineChart(caption, Axis.linear("round"), Axis.linear(unit), List.of(line));
    }

    /** One figure of every target: a point at its layer, a colour for its kind. */
    private ScatterChart overview(String caption, ToDoubleFunction<Target> figure) {
        Map<String, List<Target>> byKind = targets.stream()
                .collect(Collectors.groupingBy(RunReport::kind, LinkedHashMap::new, Collectors.toList()));
        List<Series> kinds = new ArrayList<>();
        byKind.forEach((kind, own) -> kinds.add(new Series(
                kind,
                own.stream().mapToDouble(RunReport::layer).toArray(),
                own.stream().mapToDouble(figure).toArray())));
        return new ScatterChart(caption, Axis.linear("layer"), Axis.logarithmic("change rate"), kinds);
    }

    private Map<String, Block> charts() {
        Map<String, Block> charts = new LinkedHashMap<>();
        for (Target target : targets) {
            double[] rates = doubles(target.changeRate);
            double[] index = IntStream.range(0, rates.length).asDoubleStream().toArray();
            double[] sigma = doubles(target.sigma);
            charts.put(
                    target.name,
                    new SideBySide(List.of(
                            new ScatterChart(
                                    "Change rate by index",
                                    Axis.linear("direction (0: largest singular value)"),
                                    Axis.logarithmic("change rate"),
                                    List.of(new Series("all directions", index, rates), chosen(target, index, rates))),
                            ranked(rates),
                            new ScatterChart(
                                    "Change rate by singular value",
                                    Axis.linear("singular value"),
                                    Axis.logarithmic("change rate"),
                                    List.of(
                                            new Series("all directions", sigma, rates),
                                            chosen(target, sigma, rates))))));
        }
        return charts;
    }

    private static Series chosen(Target target, double[] x, double[] rates) {
        return new Series(
                "chosen",
                Arrays.stream(target.directions).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(target.directions).mapToDouble(i -> rates[i]).toArray());
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

    private static List<String> row(Target target) {
        int last = target.directions.length - 1;
        return List.of(
                target.name,
                Arrays.stream(target.directions).mapToObj(String::valueOf).collect(Collectors.joining(", ")),
                Html.number(highest(target)),
                last < 0 ? "" : Html.number(target.changeRate[target.directions[last]]),
                Html.number(median(target)));
    }

    private static double highest(Target target) {
        return Arrays.stream(doubles(target.changeRate)).max().orElse(Double.NaN);
    }

    private static double median(Target target) {
        float[] sorted = target.changeRate.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /** The first number in a name such as {@code model.layers.3.mlp.up_proj}; 0 where there is none. */
    private static double layer(Target target) {
        Matcher number = LAYER.matcher(target.name);
        return number.find() ? Double.parseDouble(number.group(1)) : 0;
    }

    private static String kind(Target target) {
        return target.name.substring(target.name.lastIndexOf('.') + 1);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
