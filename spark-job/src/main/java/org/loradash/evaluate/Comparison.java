package org.loradash.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.loradash.config.Figure;
import org.loradash.figure.Interval;
import org.loradash.tsd.report.Axis;
import org.loradash.tsd.report.Block;
import org.loradash.tsd.report.IntervalChart;
import org.loradash.tsd.report.IntervalChart.Estimate;
import org.loradash.tsd.report.SideBySide;
import org.loradash.tsd.report.Table;

/**
 * Ways of training side by side: the scores of each over seeds, and its paired difference from one of them.
 *
 * @param figure of all scores
 * @param items what sets have, in the plural: questions or records
 * @param variants at least one
 * @param reference the name of the variant that the others are compared with
 */
public record Comparison(Figure figure, String items, List<Variant> variants, String reference) {

    /**
     * One way of training.
     *
     * @param parameters trainable ones; 0 for the model as it is, which no seed changes
     * @param bySeed scores of its finished runs, one at least
     */
    public record Variant(String name, long parameters, SortedMap<Long, Scores> bySeed) {
        /** The mean over runs, and their sample standard deviation where there are two at least. */
        private Spread spread(Function<Scores, Double> value) {
            double[] figures =
                    bySeed.values().stream().mapToDouble(value::apply).toArray();
            boolean varies = parameters > 0 && figures.length > 1;
            return new Spread(
                    StatUtils.mean(figures),
                    varies ? Optional.of(Math.sqrt(StatUtils.variance(figures))) : Optional.empty());
        }
    }

    private record Spread(double mean, Optional<Double> deviation) {}

    public Comparison {
        variants = List.copyOf(variants);
    }

    /** How far a variant is from the reference, over the seeds that both have; nothing where these are none. */
    public Optional<PairedDifference> difference(Variant variant) {
        if (variant.name.equals(reference)) {
            return Optional.empty();
        }
        return variants.stream()
                .filter(other -> other.name.equals(reference))
                .findFirst()
                .flatMap(other -> {
                    TreeSet<Long> seeds = new TreeSet<>(variant.bySeed.keySet());
                    seeds.retainAll(other.bySeed.keySet());
                    return seeds.isEmpty()
                            ? Optional.empty()
                            : Optional.of(PairedDifference.of(
                                    seeds.stream().map(variant.bySeed::get).toList(),
                                    seeds.stream().map(other.bySeed::get).toList()));
                });
    }

    /** A row for each variant: the mean of each set and of all, with the standard deviation over runs, and its difference. */
    public Table table() {
        List<String> header = new ArrayList<>(List.of("method", "trained", "runs"));
        header.addAll(sets());
        header.addAll(List.of("average", "minus " + reference, "95 % over seeds", "95 % over " + items));
        List<List<String>> rows = new ArrayList<>();
        for (Variant variant : variants) {
            List<String> row = new ArrayList<>();
            row.add(variant.name);
            row.add(variant.parameters == 0 ? "-" : String.format(Locale.ROOT, "%,d", variant.parameters));
            row.add(variant.parameters == 0 ? "-" : String.valueOf(variant.bySeed.size()));
            sets().forEach(set -> row.add(shown(variant.spread(scores -> scores.value(set)))));
            row.add(shown(variant.spread(Scores::average)));
            Optional<PairedDifference> difference = difference(variant);
            row.add(difference.map(of -> number("%+", of.value())).orElse("-"));
            row.add(difference
                    .flatMap(PairedDifference::overSeeds)
                    .map(this::shown)
                    .orElse("-"));
            row.add(difference
                    .flatMap(PairedDifference::overItems)
                    .map(this::shown)
                    .orElse("-"));
            rows.add(row);
        }
        return new Table(header, rows);
    }

    /** The differences of all that is trained as charts, one for each kind of interval. */
    public Block charts() {
        return new SideBySide(List.of(
                chart("over seeds", PairedDifference::overSeeds), chart("over " + items, PairedDifference::overItems)));
    }

    private Block chart(String of, Function<PairedDifference, Optional<Interval>> which) {
        // The model as it is lies so far away that the others could not be told apart beside it.
        List<Estimate> estimates = variants.stream()
                .filter(variant -> variant.parameters > 0)
                .flatMap(variant -> difference(variant)
                        .flatMap(difference -> which.apply(difference)
                                .map(interval -> new Estimate(
                                        variant.name,
                                        scale() * difference.value(),
                                        scale() * interval.low(),
                                        scale() * interval.high())))
                        .stream())
                .toList();
        String unit = figure == Figure.LOSS
                ? "loss: below zero is better"
                : "points of %s: above zero is better".formatted(figure.title());
        return new IntervalChart("Difference from " + reference + ", 95 % " + of, Axis.linear(unit), estimates);
    }

    /** All figures, as they are computed. */
    public void write(ObjectNode json) {
        json.put("reference", reference);
        ObjectNode all = json.putObject("methods");
        for (Variant variant : variants) {
            ObjectNode node = all.putObject(variant.name).put("trainable_parameters", variant.parameters);
            ObjectNode runs = node.putObject("average_by_seed");
            variant.bySeed.forEach((seed, scores) -> runs.put(String.valueOf(seed), scores.average()));
            ObjectNode sets = node.putObject("sets");
            sets().forEach(set -> put(sets.putObject(set), variant.spread(scores -> scores.value(set))));
            put(node.putObject("average"), variant.spread(Scores::average));
            difference(variant).ifPresent(difference -> {
                ObjectNode of = node.putObject("difference").put("value", difference.value());
                difference.overSeeds().ifPresent(interval -> put(of, "interval_95_over_seeds", interval));
                difference.overItems().ifPresent(interval -> put(of, "interval_95_over_" + items, interval));
            });
        }
    }

    private static void put(ObjectNode node, Spread spread) {
        node.put("mean", spread.mean);
        spread.deviation.ifPresent(deviation -> node.put("standard_deviation", deviation));
    }

    private static void put(ObjectNode node, String name, Interval interval) {
        node.putArray(name).add(interval.low()).add(interval.high());
    }

    private List<String> sets() {
        return variants.stream()
                .flatMap(variant -> variant.bySeed.values().stream())
                .findFirst()
                .map(Scores::bySet)
                .map(Map::keySet)
                .stream()
                .flatMap(names -> Stream.of(names.toArray(String[]::new)))
                .toList();
    }

    private String shown(Spread spread) {
        String mean = number("%", spread.mean);
        return spread.deviation
                .map(deviation -> mean + " \u00b1 " + number("%", deviation))
                .orElse(mean);
    }

    private String shown(Interval interval) {
        return number("%+", interval.low()) + " to " + number("%+", interval.high());
    }

    private String number(String sign, double value) {
        return String.format(Locale.ROOT, sign + (figure == Figure.LOSS ? ".4f" : ".1f"), scale() * value);
    }

    /** All but losses are shown in per cent. */
    private double scale() {
        return figure == Figure.LOSS ? 1 : 100;
    }
}
