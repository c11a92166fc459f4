package org.loradash.spark.evaluation;

import java.util.List;
import org.loradash.kernel.KernelProvider;
import org.loradash.spark.source.RecordStores;
import org.loradash.spark.source.StoredRecords;
import org.loradash.task.Task;

/**
 * Makes what predicts labels of records.
 *
 * @param records of all sets, a file each
 * @param titles of the sets
 * @param batchSize records that are computed together
 */
record TextExaminers<E, B>(
        EvaluatedModel model, Task<E, B> task, StoredRecords records, List<String> titles, int batchSize)
        implements ExaminerFactory {

    @Override
    public Shared open() {
        EvaluatedModel.Loaded loaded = model.load();
        return () -> new TextExaminer<>(
                task,
                loaded,
                records,
                titles,
                numbers -> RecordStores.read(records.location(), numbers, task.codec(), model.configuration()),
                batchSize,
                KernelProvider.best().open(model.threads()));
    }
}
