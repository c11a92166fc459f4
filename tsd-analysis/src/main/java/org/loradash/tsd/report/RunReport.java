package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a training run's page shows.
 *
 * @param title the page's title
 * @param unit what a round's speed is counted in, in the plural, such as tokens
 * @param settings name and value, in order
 * @param steps every worker's local steps
 * @param rounds the rounds
 * @param measurements on held-out records, on the way; empty where there were none
 * @param outcome what came of them, for a person
 * @param predictions what is shown of what the model says of those records; empty where it predicts nothing
 * @param samples rows of pictures that the model has made on the way; empty where it makes none
 * @param targets the adapted weights at the boundary; empty where none was reached
 */
public record RunReport(
        String title,
        String unit,
        Map<String, String> settings,
        List<Step> steps,
        List<Round> rounds,
        List<Measurement> measurements,
        Optional<String> outcome,
        List<Block> predictions,
        List<Pictures> samples,
        List<Target> targets) {
    /** One worker's local step. */
    public record Step(long step, int worker, double loss, double learningRate) {}

    /** One round: its mean loss, its speed, and how long it took. */
    public record Round(long round, double loss, double unitsPerSecond, double seconds) {}

    /** The loss of held-out records after so many steps, and figures of their predictions by name. */
    public record Measurement(long step, double loss, Map<String, Double> figures) {}

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

    /** The page. */
    public HtmlReport page() {
        HtmlReport page = new HtmlReport(title);
        List<Block> training = new ArrayList<>();
        outcome.ifPresent(text -> training.add(new Paragraph(text)));
        training.add(new SideBySide(List.of(
                new LineChart("Loss of each step", Axis.counting("step"), Axis.linear("loss"), losses()),
                perRound(
                        unit.substring(0, 1).toUpperCase(Locale.ROOT) + unit.substring(1) + " per second of each round",
                        unit + "/s",
                        Round::unitsPerSecond),
                perRound("Loss of each round", "loss", Round::loss),
                new LineChart(
                        "Learning rate",
                        Axis.counting("step"),
                        Axis.linear("learning rate"),
                        List.of(byStep("learning rate", Step::learningRate))))));
        page.section("Training", training.toArray(Block[]::new));
        if (!predictions.isEmpty()) {
            List<Block> blocks = new ArrayList<>();
            blocks.add(new LineChart("Figures", Axis.counting("step"), Axis.linear("figure"), figures()));
            blocks.addAll(predictions);
            page.section("Predictions of held-out records", blocks.toArray(Block[]::new));
        }
        if (!samples.isEmpty()) {
            page.section("Samples", samples.toArray(Block[]::new));
        }
        if (!targets.isEmpty()) {
            List<Block> blocks = new ArrayList<>();
            blocks.add(new Paragraph(
                    "How far each core direction of a frozen weight moved, relative to its singular value;"
                            + " the directions with the highest change rates were chosen as task-specific."));
            blocks.addAll(List.of(RateBlocks.of(targets, "chosen")));
            page.section("Directions at the boundary", blocks.toArray(Block[]::new));
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
        lines.add(byStep("mean", Step::loss)); // behind the workers', so that it lies on top
        if (!measurements.isEmpty()) {
            lines.add(new Series(
                    "held-out records",
                    measurements.stream().mapToDouble(Measurement::step).toArray(),
                    measurements.stream().mapToDouble(Measurement::loss).toArray()));
        }
        return lines;
    }

    private List<Series> figures() {
        return measurements.stream()
                .flatMap(measurement -> measurement.figures().keySet().stream())
                .distinct()
                .map(name -> new Series(
                        name,
                        measurements.stream().mapToDouble(Measurement::step).toArray(),
                        measurements.stream()
                                .mapToDouble(
                                        measurement -> measurement.figures().getOrDefault(name, Double.NaN))
                                .toArray()))
                .toList();
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
        return new LineChart(caption, Axis.counting("round"), Axis.linear(unit), List.of(line));
    }
}
