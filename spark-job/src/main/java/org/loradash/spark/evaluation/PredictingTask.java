package org.loradash.spark.evaluation;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Part;
import org.loradash.evaluate.PredictionDirectory;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.tsd.Failure;

/**
 * Puts a part's rows to the model and keeps what it says: a function of the part, whichever task tries it.
 *
 * @param directory of the prediction
 * @param partSize rows of every part but the last
 */
record PredictingTask(RowExaminers examiners, String directory, int partSize) implements Serializable {

    ExaminingTask.Done run(Part part) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        List<Examiner.Examined> examined;
        try (ProcessExaminers.Lent<Examiner> lent = ProcessExaminers.lend(examiners)) {
            examined = lent.examiner().examine(part);
        } catch (Failure failure) {
            // The same again, whoever tries it.
            return new ExaminingTask.Done(part.set(), 0, 0, failure.getMessage());
        }
        PredictionDirectory.at(examiners.model().configuration(), directory)
                .write(
                        part.first() / partSize,
                        examined.stream().map(Examiner.Examined::line).toList(),
                        TaskContext.get().taskAttemptId());
        return new ExaminingTask.Done(part.set(), part.count(), 0, "");
    }
}
