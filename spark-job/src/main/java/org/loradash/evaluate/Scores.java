package org.loradash.evaluate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Figure;
import org.loradash.figure.Estimate;
import org.loradash.tsd.InvalidInput;

/**
 * A figure of each set of a finished evaluation, and what each question or record adds to it.
 *
 * @param bySet one set at least
 */
public record Scores(Map<String, OfSet> bySet) {

    /**
     * @param value the figure
     * @param items what each question or record adds to it, in their order: for a mean its own value, for other figures the
     *     jackknife's pseudo-value ({@link Estimate#pseudoValues}); one at least
     */
    public record OfSet(double value, double[] items) {

        /** A mean of items. */
        static OfSet mean(double[] items) {
            return new OfSet(Arrays.stream(items).average().orElse(Double.NaN), items);
        }
    }

    public Scores {
        bySet = Collections.unmodifiableMap(new LinkedHashMap<>(bySet));
        if (bySet.isEmpty() || bySet.values().stream().anyMatch(of -> of.items().length == 0)) {
            throw new IllegalArgumentException("no answers (must be one at least of each set)");
        }
    }

    /** Scores of predictions. */
    public static Scores of(Predicted predicted, Figure figure) {
        Map<String, OfSet> bySet = new LinkedHashMap<>();
        predicted
                .sets()
                .keySet()
                .forEach(set -> bySet.put(
                        set,
                        new OfSet(
                                Estimate.value(figure, predicted.predictions(set)),
                                Estimate.pseudoValues(figure, predicted.predictions(set)))));
        return new Scores(bySet);
    }

    /**
     * Reads those of answers from the files of a finished evaluation.
     *
     * @param figure accuracy, or the loss of the right answer among the options
     * @return nothing where its answers cannot be measured so: those that the model wrote have no loss
     * @throws InvalidInput where a file does not hold the answers to these questions
     */
    public static Optional<Scores> read(EvaluationDirectory directory, List<Questions> sets, Figure figure) {
        Map<String, OfSet> bySet = new LinkedHashMap<>();
        for (Questions questions : sets) {
            String set = questions.set().title();
            OptionalDouble[] values = new OptionalDouble[questions.all().size()];
            Path file = directory.wholeFile(set);
            int lines = 0;
            try (BufferedReader text =
                    new BufferedReader(new InputStreamReader(directory.files().open(file), StandardCharsets.UTF_8))) {
                for (String line = text.readLine(); line != null; line = text.readLine()) {
                    int index = lines++;
                    AnswerLine answer = AnswerLine.read(line)
                            .filter(of -> of.set().equals(set) && of.index() == index && index < values.length)
                            .orElseThrow(() -> damaged(file, index));
                    values[index] = figure == Figure.LOSS ? answer.loss() : OptionalDouble.of(answer.correct() ? 1 : 0);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(file.toString(), e);
            }
            if (lines != values.length) {
                throw damaged(file, lines);
            }
            if (Arrays.stream(values).anyMatch(OptionalDouble::isEmpty)) {
                return Optional.empty();
            }
            bySet.put(
                    set,
                    OfSet.mean(Arrays.stream(values)
                            .mapToDouble(OptionalDouble::getAsDouble)
                            .toArray()));
        }
        return Optional.of(new Scores(bySet));
    }

    /** The figure of a set. */
    public double value(String set) {
        return bySet.get(set).value();
    }

    /** The mean of all sets' figures, each of the same weight, as the articles' tables have it. */
    public double average() {
        return bySet.values().stream().mapToDouble(OfSet::value).average().orElseThrow();
    }

    private static InvalidInput damaged(Path file, int index) {
        return InvalidInput.of(
                file.toString(),
                "line " + (index + 1) + " is no answer to question " + index,
                "must be as the evaluation wrote it; remove its directory to have it done again");
    }
}
