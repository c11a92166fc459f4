package org.loradash.evaluate;

import java.util.Optional;
import org.loradash.figure.Judged;

/**
 * What a line of an evaluation's files says, for whoever counts.
 *
 * @param set its title
 * @param index of the question or record in its set, from 0
 * @param correct whether it is answered rightly, or its class predicted
 */
public record Line(String set, long index, boolean correct) {

    /** Reads a line; nothing where it is not one. */
    @FunctionalInterface
    public interface Reader {
        Optional<Line> read(String line);
    }

    /** Lines of answers to questions. */
    public static Optional<Line> ofAnswer(String line) {
        return AnswerLine.read(line).map(answer -> new Line(answer.set(), answer.index(), answer.correct()));
    }

    /** Lines of predictions. */
    public static Optional<Line> ofPrediction(String line) {
        return Judged.read(line)
                .map(judged -> new Line(
                        judged.set(), judged.index(), judged.prediction().isCorrect()));
    }
}
