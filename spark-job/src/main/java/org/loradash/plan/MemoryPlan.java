package org.loradash.plan;

import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Method;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.Settings;
import org.loradash.config.TrainingSettings;
import org.loradash.model.Backbone;
import org.loradash.model.Target;
import org.loradash.task.Task;
import org.loradash.train.StepMemory;
import org.loradash.train.TaskObjective;

/**
 * The most memory that a run's processes need, on the heap and outside it. Frozen weights, changes and activations are
 * exact for the largest slice that the settings allow, which real records may not reach; the rest is bounded.
 */
public record MemoryPlan(Process executor, Process driver) {
    /** What Java itself takes outside the heap: code, classes, threads, the collector's tables, the native libraries. */
    private static final long JAVA = 300L << 20;

    /** Bytes of a worker's parameters and moments that a task averages, and of one piece more. */
    private static final long AVERAGED = 6L << 20;

    /** What Spark and a small job take of the heap, garbage that the collector lets lie among it. */
    private static final long SPARK = 300L << 20;

    private static final String JAVA_ITSELF = "Java itself";
    private static final String SPARK_ITSELF = "Spark";

    /** Parameters and both moments. */
    private static final int STATE = 3 * Float.BYTES;

    /**
     * @param outside the heap
     */
    public record Process(Need outside, Need heap) {
        /** Everything. */
        public long bytes() {
            return outside.bytes() + heap.bytes();
        }
    }

    /**
     * @param workersAtATime tasks that an executor computes at the same time
     * @param driverThreads that look at targets at the boundary at the same time
     */
    public record Places(int workersAtATime, int driverThreads) {}

    /** Executor and driver in one process, as in Spark's local mode. */
    public Process together() {
        return new Process(
                executor.outside().with(driver.outside(), JAVA_ITSELF),
                executor.heap().with(driver.heap(), SPARK_ITSELF));
    }

    /** @param model without memory */
    public static MemoryPlan of(Settings settings, Task<?, ?> task, Backbone model, Adapter adapter, Places places) {
        return new Sizes(settings, task, model, adapter, places).plan();
    }

    private record Sizes(Settings settings, Task<?, ?> task, Backbone model, Adapter adapter, Places places) {

        MemoryPlan plan() {
            long workers = Math.min(places.workersAtATime(), settings.training().workers());
            long state = STATE * parameters();
            long piece = STATE * largestPiece();
            Need training = Need.of(
                    "weights",
                    model.bytes(),
                    "activations",
                    workers * activations(),
                    "changes",
                    workers * changes(),
                    "optimiser",
                    workers * (state + Float.BYTES * parameters()),
                    "decompositions",
                    workers * decompositionOutside(),
                    JAVA_ITSELF,
                    JAVA);
            Process executor = new Process(
                    training.with(otherModels(training.bytes() - JAVA), JAVA_ITSELF),
                    Need.of(
                            // As it is, and as the bytes that came.
                            "state",
                            2 * state,
                            "results",
                            workers * (settings.training().workers() + 2) * Math.min(piece + AVERAGED, state),
                            "frozen factors",
                            2 * frozenFactors(),
                            "decompositions",
                            workers * decompositionHeap(),
                            SPARK_ITSELF,
                            SPARK));
            Process driver = new Process(
                    Need.of("optimiser", state + Float.BYTES * parameters(), "changes", factors(), JAVA_ITSELF, JAVA),
                    Need.of(
                            // This round's and the next, the averages as objects and as bytes, and the broadcast.
                            "state",
                            5 * state,
                            "best state",
                            settings.validation().keepsBest() ? Float.BYTES * parameters() : 0,
                            "boundary",
                            boundaryHeap(piece),
                            "frozen factors",
                            2 * frozenFactors(),
                            SPARK_ITSELF,
                            SPARK));
            return new MemoryPlan(executor, driver);
        }

        /** What they take more than training does, where that is not there yet. */
        private Need otherModels(long training) {
            Task.OtherModels others = task.otherModels();
            return Need.of("other models", Math.max(others.during(), others.before() - training));
        }

        private List<Target> targets() {
            return adapter.targets();
        }

        private Method method() {
            return adapter.adaptation();
        }

        private int coordinates() {
            return settings.dash().on() ? settings.dash().directions() : 0;
        }

        private int changeRank() {
            return method().changeRank(adapter.rank()) + coordinates();
        }

        private long parameters() {
            return adapter.parameters() + (long) coordinates() * targets().size();
        }

        private long largestPiece() {
            return adapter.pieces().stream()
                    .mapToLong(Adapter.Range::size)
                    .max()
                    .orElse(0);
        }

        private int mostTargetsOfABlock() {
            Map<Integer, Long> ofBlocks =
                    targets().stream().collect(Collectors.groupingBy(Target::layer, Collectors.counting()));
            return ofBlocks.values().stream().mapToInt(Long::intValue).max().orElse(0);
        }

        private long activations() {
            return activations(task);
        }

        private <B> long activations(Task<?, B> of) {
            TrainingSettings training = settings.training();
            Task.Slicing slicing =
                    new Task.Slicing(training.sliceTokens(), settings.data().packing());
            return StepMemory.arena(
                            of,
                            model,
                            adapter,
                            changeRank(),
                            new TaskObjective.Options(
                                    settings.adapter().dropout(),
                                    1,
                                    slicing,
                                    training.recompute() ? BlockValues.RECOMPUTED : BlockValues.KEPT),
                            of.largestSlice(training.batchSize(), slicing))
                    .bytesHeld();
        }

        /** Factors of all changes, their gradients, and what methods and coordinates keep of the frozen weight. */
        private long changes() {
            // A method that starts from triplets keeps them, and its difference from them.
            return 2 * factors() + 2 * frozenFactors();
        }

        private long factors() {
            return Float.BYTES * changeRank() * sides();
        }

        /** Singular vectors of triplets and directions. */
        private long frozenFactors() {
            int triplets = method().startsFrom().isPresent() ? adapter.rank() : 0;
            return Float.BYTES * (triplets + coordinates()) * sides();
        }

        private long sides() {
            return targets().stream()
                    .mapToLong(target -> target.outputs() + (long) target.inputs())
                    .sum();
        }

        private boolean decomposes() {
            return settings.dash().on()
                    || settings.dash().trackEvery() > 0
                    || method().startsFrom().isPresent();
        }

        /** LAPACK's copy of the weight, the vectors, and the workspace of gesdd. */
        private long decompositionOutside() {
            return largest(target -> {
                long n = target.directions();
                return elements(target) + vectors(target) + 6 * n * n;
            });
        }

        /** The weight, the vectors, and once more those that are turned round. */
        private long decompositionHeap() {
            return largest(target -> elements(target) + vectors(target) + (long) target.directions() * target.inputs());
        }

        private long largest(ToLongFunction<Target> elements) {
            return decomposes()
                    ? Float.BYTES * targets().stream().mapToLong(elements).max().orElse(0)
                    : 0;
        }

        private static long elements(Target target) {
            return (long) target.outputs() * target.inputs();
        }

        private static long vectors(Target target) {
            return target.directions() * (target.outputs() + (long) target.inputs());
        }

        /** The workers' factors of a block of the model, as they came and as changes, beside decompositions. */
        private long boundaryHeap(long piece) {
            if (!decomposes()) {
                return 0;
            }
            int atATime = Math.min(places.driverThreads(), mostTargetsOfABlock());
            return settings.training().workers() * piece + atATime * largest(target -> 2 * vectors(target));
        }
    }
}
