package org.loradash.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.loradash.figure.Interval;
import org.loradash.figure.Proportion;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.Paragraph;
import org.loradash.tsd.report.Table;

/**
 * How much of each set is right.
 *
 * @param sets one at least
 */
public record Accuracies(List<OfSet> sets) implements Results {
    static final String FILE = "accuracy.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final List<String> HEADER = List.of("set", "n", "correct", "accuracy", "95 % interval");

    /** @param set its title */
    public record OfSet(String set, Proportion proportion) {}

    public Accuracies {
        sets = List.copyOf(sets);
        if (sets.isEmpty()) {
            throw new IllegalArgumentException("no sets (must be one at least)");
        }
    }

    /** The mean of the sets' accuracies, each of the same weight, as the articles' tables have it. */
    public double average() {
        return sets.stream()
                .mapToDouble(of -> of.proportion().value())
                .average()
                .orElseThrow();
    }

    /**
     * The average's 95 % interval, from the sets' own by the method of variance estimates recovery (G. Y. Zou, A. Donner,
     * Statistics in Medicine 27, 2008): with sets' accuracies p_i and intervals (l_i, u_i), K of them, and the average m,
     *
     * <pre>(m - sqrt(sum_i (p_i - l_i)^2) / K, m + sqrt(sum_i (u_i - p_i)^2) / K)</pre>
     *
     * which for one set is its own interval.
     */
    public Interval averageInterval() {
        double below = 0;
        double above = 0;
        for (OfSet of : sets) {
            double p = of.proportion().value();
            Interval interval = of.proportion().interval();
            below += (p - interval.low()) * (p - interval.low());
            above += (interval.high() - p) * (interval.high() - p);
        }
        double average = average();
        return new Interval(average - Math.sqrt(below) / sets.size(), average + Math.sqrt(above) / sets.size());
    }

    @Override
    public String file() {
        return FILE;
    }

    @Override
    public String json() {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode bySet = json.putObject("sets");
        for (OfSet of : sets) {
            ObjectNode node = bySet.putObject(of.set())
                    .put("n", of.proportion().n())
                    .put("correct", of.proportion().correct())
                    .put("accuracy", of.proportion().value());
            put(node, of.proportion().interval());
        }
        ObjectNode node = json.putObject("average").put("accuracy", average());
        put(node, averageInterval());
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void put(ObjectNode node, Interval interval) {
        node.putArray("interval_95").add(interval.low()).add(interval.high());
    }

    /** A line for each set and one for the average. */
    @Override
    public String text() {
        return new Table(HEADER, rows()).text();
    }

    @Override
    public String html(Map<String, String> settings) {
        return new HtmlReport("Evaluation")
                .section(
                        "Accuracy",
                        new Table(HEADER, rows()),
                        new Paragraph("Intervals are Wilson's; the average gives each set the same weight, and its"
                                + " interval is recovered from the sets'."))
                .section("Evaluated", Table.of(settings))
                .render();
    }

    @Override
    public Headline headline() {
        long questions = sets.stream().mapToLong(of -> of.proportion().n()).sum();
        return new Headline(
                "accuracy", average(), Headline.of(sets.stream().map(OfSet::set).toList(), "question", questions));
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (OfSet of : sets) {
            Proportion proportion = of.proportion();
            String n = String.valueOf(proportion.n());
            String correct = String.valueOf(proportion.correct());
            rows.add(row(of.set(), n, correct, proportion.value(), proportion.interval()));
        }
        rows.add(row("average", "-", "-", average(), averageInterval()));
        return rows;
    }

    private static List<String> row(String name, String n, String correct, double accuracy, Interval interval) {
        return List.of(
                name,
                n,
                correct,
                String.format(Locale.ROOT, "%.4f", accuracy),
                String.format(Locale.ROOT, "%.4f to %.4f", interval.low(), interval.high()));
    }
}
