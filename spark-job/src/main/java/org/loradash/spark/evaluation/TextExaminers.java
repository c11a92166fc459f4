package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.loradash.evaluate.Examiner;
import org.loradash.kernel.KernelProvider;
import org.loradash.spark.source.RecordStores;
import org.loradash.spark.source.StoredRecords;
import org.loradash.task.Task;
import org.loradash.task.Wording;

/**
 * Makes what predicts labels of records.
 *
 * @param records of all sets, a file each
 * @param titles of the sets
 * @param batchSize records that are computed together
 */
record TextExaminers<E, B>(
        EvaluatedModel model, Task<E, B> task, StoredRecords records, List<String> titles, int batchSize)
        implements ExaminerFactory<Examiner> {

    @Override
    public Shared<Examiner> open() throws IOException {
        return new Opened<>(this, model.load(), task.wording(model.configuration()));
    }

    private record Opened<E, B>(TextExaminers<E, B> of, EvaluatedModel.Loaded loaded, Optional<Wording<E>> wording)
            implements Shared<Examiner> {
        @Override
        public Examiner create() {
            return new TextExaminer<>(
                    of.task,
                    loaded,
                    of.records,
                    of.titles,
                    numbers -> RecordStores.read(
                            of.records.location(), numbers, of.task.codec(), of.model.configuration()),
                    wording,
                    of.batchSize,
                    KernelProvider.best().open(of.model.threads()));
        }

        @Override
        public void close() {
            wording.ifPresent(Wording::close);
        }
    }
}
