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
import org.loradash.tsd.InvalidInput;

/**
 * What each answer of a finished evaluation is worth.
 *
 * @param bySet a value for each question of a set, in the order of its questions; one set and one question at least
 */
public record Scores(Map<String, double[]> bySet) {

    /** How an answer is measured. */
    public enum Measure {
        /** 1 for a right answer, 0 for any other. */
        ACCURACY,
        /** The right answer's negative log-probability among the options, in nats. */
        LOSS
    }

    public Scores {
        bySet = Collections.unmodifiableMap(new LinkedHashMap<>(bySet));
        if (bySet.isEmpty() || bySet.values().stream().anyMatch(values -> values.length == 0)) {
            throw new IllegalArgumentException("no answers (must be one at least of each set)");
        }
    }

    /**
     * Reads them from the files of a finished evaluation.
     *
     * @return nothing where its answers cannot be measured so: those that the model wrote have no loss
     * @throws InvalidInput where a file does not hold the answers to these questions
     */
    public static Optional<Scores> read(EvaluationDirectory directory, List<Questions> sets, Measure measure) {
        Map<String, double[]> bySet = new LinkedHashMap<>();
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
                    values[index] = switch (measure) {
                        case ACCURACY -> OptionalDouble.of(answer.correct() ? 1 : 0);
                        case LOSS -> answer.loss();
                    };
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
                    Arrays.stream(values)
                            .mapToDouble(OptionalDouble::getAsDouble)
                            .toArray());
        }
        return Optional.of(new Scores(bySet));
    }

    /** The mean of a set. */
    public double mean(String set) {
        return Arrays.stream(bySet.get(set)).average().orElseThrow();
    }

    /** The mean of all sets, each of the same weight, as the articles' tables have it. */
    public double average() {
        return bySet.keySet().stream().mapToDouble(this::mean).average().orElseThrow();
    }

    private static InvalidInput damaged(Path file, int index) {
        return InvalidInput.of(
                file.toString(),
                "line " + (index + 1) + " is no answer to question " + index,
                "must be as the evaluation wrote it; remove its directory to have it done again");
    }
}
