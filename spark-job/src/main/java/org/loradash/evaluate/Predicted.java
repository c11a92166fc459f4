package org.loradash.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Figure;
import org.loradash.figure.Estimate;
import org.loradash.figure.Interval;
import org.loradash.figure.Judged;
import org.loradash.figure.Judgements;
import org.loradash.figure.Prediction;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.report.Block;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.Paragraph;
import org.loradash.tsd.report.Table;

/**
 * The predictions of a finished evaluation, and their figures.
 *
 * @param sets by title, one at least, with a record each at least
 */
public record Predicted(Map<String, List<Judged>> sets) implements Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    static final String FILE = "figures.json";

    /**
     * Reads them from an evaluation's files, which are whole.
     *
     * @throws InvalidInput where a file is not as the evaluation wrote it
     */
    public static Predicted read(EvaluationDirectory directory, List<String> titles) {
        Map<String, List<Judged>> sets = new LinkedHashMap<>();
        titles.forEach(set -> sets.put(set, read(directory, set)));
        return new Predicted(sets);
    }

    private static List<Judged> read(EvaluationDirectory directory, String set) {
        Path file = directory.wholeFile(set);
        List<Judged> all = new ArrayList<>();
        try (BufferedReader text =
                new BufferedReader(new InputStreamReader(directory.files().open(file), StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                Optional<Judged> judged = Judged.read(line);
                boolean follows = judged.isPresent()
                        && judged.get().set().equals(set)
                        && judged.get().index() == all.size()
                        && (all.isEmpty()
                                || judged.get().classes().equals(all.get(0).classes()));
                if (!follows) {
                    throw damaged(file, all.size());
                }
                all.add(judged.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        if (all.isEmpty()) {
            throw damaged(file, 0);
        }
        return List.copyOf(all);
    }

    private static InvalidInput damaged(Path file, int index) {
        return InvalidInput.of(
                file.toString(),
                "line " + (index + 1) + " is no prediction of record " + index,
                "must be as the evaluation wrote it; remove its directory to have it done again");
    }

    /** What is told of them, the loss last. */
    public List<Figure> figures() {
        Judged one = sets.values().iterator().next().get(0);
        List<Figure> figures = new ArrayList<>(Estimate.figures(one.prediction().outputs().length));
        figures.add(Figure.LOSS);
        return figures;
    }

    /** A set's predictions, in the order of its records. */
    List<Prediction> predictions(String set) {
        return sets.get(set).stream().map(Judged::prediction).toList();
    }

    @Override
    public String file() {
        return FILE;
    }

    @Override
    public String json() {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode bySet = json.putObject("sets");
        sets.keySet().forEach(set -> {
            ObjectNode node = bySet.putObject(set).put("n", sets.get(set).size());
            figures().forEach(figure -> {
                Estimate estimate = Estimate.of(figure, predictions(set));
                ObjectNode of = node.putObject(figure.key()).put("value", estimate.value());
                estimate.interval()
                        .ifPresent(interval ->
                                of.putArray("interval_95").add(interval.low()).add(interval.high()));
            });
        });
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(table().text());
        sets.forEach((set, all) -> Judgements.confusion(all)
                .ifPresent(confusion -> text.append("\n%s:\n".formatted(set)).append(confusion.text())));
        return text.toString();
    }

    @Override
    public String html(Map<String, String> settings) {
        HtmlReport page = new HtmlReport("Evaluation")
                .section(
                        "Figures",
                        table(),
                        new Paragraph(
                                "Intervals say how far other records would move a figure: Wilson's of an accuracy, Fisher's of"
                                        + " correlations, the jackknife's of the others."));
        sets.forEach((set, all) ->
                page.section("Predictions: " + set, Judgements.of(all).toArray(Block[]::new)));
        return page.section("Evaluated", Table.of(settings)).render();
    }

    /** The first of the figures. */
    @Override
    public Headline headline() {
        Figure figure = figures().get(0);
        double mean = sets.keySet().stream()
                .mapToDouble(set -> Estimate.of(figure, predictions(set)).value())
                .average()
                .orElseThrow();
        long records = sets.values().stream().mapToLong(List::size).sum();
        return new Headline(figure.key(), mean, Headline.of(sets.keySet(), "record", records));
    }

    private Table table() {
        List<List<String>> rows = new ArrayList<>();
        sets.keySet().forEach(set -> figures().forEach(figure -> {
            Estimate estimate = Estimate.of(figure, predictions(set));
            rows.add(List.of(
                    set,
                    String.valueOf(sets.get(set).size()),
                    figure.key(),
                    number(estimate.value()),
                    estimate.interval().map(Predicted::shown).orElse("-")));
        }));
        return new Table(List.of("set", "n", "figure", "value", "95 % interval"), rows);
    }

    private static String shown(Interval interval) {
        return number(interval.low()) + " to " + number(interval.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
