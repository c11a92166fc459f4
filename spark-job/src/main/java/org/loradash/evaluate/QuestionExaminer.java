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
        TestSet set = TestSet.named("set", part.set());
        List<Question> asked = sets.stream()
                .filter(questions -> questions.set() == set)
                .findFirst()
                .orElseThrow()
                .all()
                .subList(part.first(), part.first() + part.count());
        return answerer.answer(set, asked).stream()
                .map(answer -> new Examined(AnswerLine.of(set, answer), answer.isCorrect()))
                .toList();
    }

    @Override
    public void close() {
        answerer.close();
    }
}
