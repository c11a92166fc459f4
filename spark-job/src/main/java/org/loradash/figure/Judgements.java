package org.loradash.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.loradash.tsd.report.Block;
import org.loradash.tsd.report.Paragraph;
import org.loradash.tsd.report.Table;

/** What a page shows of predictions: which classes are taken for which, and the records that are the farthest from right. */
public final class Judgements {
    private static final int MOST = 50;

    /** The most characters of a text. */
    private static final int LONGEST = 200;

    private Judgements() {}

    /** @param all predictions of records, of the same classes or all of values; one at least */
    public static List<Block> of(List<Judged> all) {
        return all.get(0).prediction().isOfClass() ? ofClasses(all) : ofValues(all);
    }

    private static List<Block> ofClasses(List<Judged> all) {
        List<Judged> wrong = all.stream()
                .filter(judged -> !judged.prediction().isCorrect())
                .sorted(Comparator.comparingDouble(Judgements::confidence).reversed())
                .toList();
        List<Block> blocks = new ArrayList<>();
        blocks.add(confusion(all).orElseThrow());
        if (wrong.isEmpty()) {
            blocks.add(new Paragraph("No record is misjudged."));
            return blocks;
        }
        blocks.add(new Paragraph(shown(wrong.size(), "misjudged records", "the most confident mistakes first")));
        blocks.add(table(wrong, "its probability", Judgements::confidence));
        return blocks;
    }

    private static List<Block> ofValues(List<Judged> all) {
        List<Judged> farthest = all.stream()
                .sorted(Comparator.<Judged>comparingDouble(judged -> Math.abs(error(judged)))
                        .reversed())
                .toList();
        return List.of(
                new Paragraph(shown(all.size(), "records", "those first whose value is the farthest from their label")),
                table(farthest, "error", Judgements::error));
    }

    /** The first of the records with a figure of each, and what they say where that is known. */
    private static Table table(List<Judged> records, String figure, ToDoubleFunction<Judged> value) {
        List<String> header = new ArrayList<>(List.of("file", "record", "label", "predicted", figure));
        boolean areTexts = records.stream().anyMatch(judged -> judged.text().isPresent());
        if (areTexts) {
            header.add("text");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Judged judged : records.subList(0, Math.min(MOST, records.size()))) {
            List<String> row = new ArrayList<>(List.of(
                    judged.file(),
                    String.valueOf(judged.index()),
                    judged.label(),
                    judged.predicted(),
                    number(value.applyAsDouble(judged))));
            if (areTexts) {
                row.add(judged.text().map(Judgements::shortened).orElse(""));
            }
            rows.add(row);
        }
        return new Table(header, rows);
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    /** How many records of each class are taken for which; nothing where values are predicted. */
    public static Optional<Table> confusion(List<Judged> all) {
        if (!all.get(0).prediction().isOfClass()) {
            return Optional.empty();
        }
        List<String> classes = all.get(0).classes();
        Confusion confusion = Confusion.of(all.stream().map(Judged::prediction).toList());
        List<String> header = new ArrayList<>(List.of("label \\ predicted"));
        header.addAll(classes);
        List<List<String>> rows = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            List<String> row = new ArrayList<>(List.of(classes.get(label)));
            for (long count : confusion.counts()[label]) {
                row.add(String.valueOf(count));
            }
            rows.add(row);
        }
        return Optional.of(new Table(header, rows));
    }

    private static String shown(int records, String what, String order) {
        return "%d %s, %s%s.".formatted(records, what, order, records > MOST ? "; the first %d".formatted(MOST) : "");
    }

    private static double confidence(Judged judged) {
        return judged.prediction().probabilities()[(int) judged.prediction().predicted()];
    }

    private static double error(Judged judged) {
        return judged.prediction().predicted() - judged.prediction().label();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
