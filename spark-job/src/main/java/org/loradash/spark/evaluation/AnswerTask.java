package org.loradash.spark.evaluation;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.loradash.evaluate.Answer;
import org.loradash.evaluate.Answerer;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.Part;
import org.loradash.evaluate.TestSet;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.rounds.Pool;
import org.loradash.tsd.Failure;

/**
 * Answers a part's questions and keeps the answers: a function of the part, whichever task tries it.
 *
 * @param directory of the evaluation
 */
public record AnswerTask(AnswererFactory factory, String directory) implements Serializable {

    /**
     * What a task tells the driver.
     *
     * @param set its title
     * @param failure why nothing was answered; empty where something was
     */
    public record Answered(String set, int questions, int correct, String failure) {}

    Answered run(Part part) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        TestSet set = TestSet.named("set", part.set());
        Pool<Answerer> answerers = ProcessAnswerers.of(factory);
        Answerer answerer = answerers.take();
        List<Answer> answers;
        try {
            answers = answerer.answer(set, part.questions());
        } catch (Failure failure) {
            // The same again, whoever tries it.
            return new Answered(part.set(), 0, 0, part.set() + ": " + failure.getMessage());
        } finally {
            answerers.giveBack(answerer);
        }
        EvaluationDirectory.at(factory.hadoop().value().value(), directory)
                .write(part, set, answers, TaskContext.get().taskAttemptId());
        int correct = (int) answers.stream().filter(Answer::isCorrect).count();
        return new Answered(part.set(), answers.size(), correct, "");
    }
}
