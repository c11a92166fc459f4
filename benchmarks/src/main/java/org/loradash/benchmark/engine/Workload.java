package org.loradash.benchmark.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.config.Settings;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.model.Backbone;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.training.TrainingPlan;
import org.loradash.task.Task;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * What steps of training compute on.
 *
 * @param start the parameters at step 0, all of them
 * @param batches one for each step
 * @param examples records of a batch
 */
public record Workload<B>(
        Task<?, B> task, Backbone model, Adapter adapter, float[] start, List<B> batches, int examples) {

    /**
     * What a run's settings make of its model and the first records of its file, in the file's order.
     *
     * @throws InvalidInput where a setting does not fit, or the file has fewer records
     */
    public static Workload<?> of(Settings settings, int steps) {
        Configuration hadoop = new Configuration();
        TrainingPlan plan = TrainingPlan.check(settings, hadoop);
        return of(plan, plan.task(), hadoop, steps);
    }

    private static <B> Workload<B> of(TrainingPlan plan, Task<?, B> task, Configuration hadoop, int steps) {
        List<B> batches = batches(plan.settings(), task, hadoop, steps);
        Backbone model = FrozenModels.of(plan.settings().model(), hadoop);
        int examples = plan.settings().training().batchSize();
        return new Workload<>(task, model, plan.adapter(), plan.start(hadoop), batches, examples);
    }

    /** The batches alone, without the model. */
    public static List<?> batches(Settings settings, int steps) {
        Configuration hadoop = new Configuration();
        return batches(settings, TrainingPlan.check(settings, hadoop).task(), hadoop, steps);
    }

    private static <E, B> List<B> batches(Settings settings, Task<E, B> task, Configuration hadoop, int steps) {
        if (steps < 1) {
            throw InvalidInput.of("--steps", steps, "must be at least 1");
        }
        Path file = FileSystems.path(settings.data().train().get(0));
        int size = settings.training().batchSize();
        int wanted = Math.multiplyExact(steps, size);
        List<E> examples = new ArrayList<>();
        try (RecordReader<E> reader = task.reader(hadoop)) {
            reader.read(RecordFile.of(hadoop, file, "RECORDS"), examples::add);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        if (examples.size() < wanted) {
            throw InvalidInput.of(
                    file.toString(),
                    examples.size() + " records",
                    "must have %d: %d steps of %d".formatted(wanted, steps, size));
        }
        return IntStream.range(0, steps)
                .mapToObj(step -> task.batch(examples.subList(step * size, (step + 1) * size)))
                .toList();
    }
}
