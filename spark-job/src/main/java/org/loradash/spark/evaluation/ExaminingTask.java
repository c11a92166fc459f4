package org.loradash.spark.evaluation;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Part;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.tsd.Failure;

/**
 * Puts a part's questions or records to the model and keeps what it says: a function of the part, whichever task tries it.
 *
 * @param directory of the evaluation
 */
public record ExaminingTask(ExaminerFactory<Examiner> factory, String directory) implements Serializable {

    /**
     * What a task tells the driver.
     *
     * @param set its title
     * @param failure why nothing was kept; empty where something was
     */
    public record Done(String set, int items, int correct, String failure) implements Serializable {}

    Done run(Part part) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        List<Examiner.Examined> examined;
        try (ProcessExaminers.Lent<Examiner> lent = ProcessExaminers.lend(factory)) {
            examined = lent.examiner().examine(part);
        } catch (Failure failure) {
            // The same again, whoever tries it.
            return new Done(part.set(), 0, 0, part.set() + ": " + failure.getMessage());
        }
        EvaluationDirectory.at(factory.model().configuration(), directory)
                .write(part, examined, TaskContext.get().taskAttemptId());
        int correct = (int) examined.stream().filter(Examiner.Examined::correct).count();
        return new Done(part.set(), examined.size(), correct, "");
    }
}
