package org.loradash.evaluate;

import java.util.List;

/**
 * Asks questions.
 *
 * @param sets that parts are of
 */
public record QuestionExaminer(Answerer answerer, List<Questions> sets) implements Examiner {

    @Override
    public List<Examined> examine(Part part) {
        Questions of = sets.stream()
                .filter(questions -> questions.set().title().equals(part.set()))
                .findFirst()
                .orElseThrow();
        List<Question> asked = of.all().subList(part.first(), part.first() + part.count());
        return answerer.answer(of.set(), asked).stream()
                .map(answer -> new Examined(AnswerLine.of(of.set(), answer), answer.isCorrect()))
                .toList();
    }

    @Override
    public void close() {
        answerer.close();
    }
}
