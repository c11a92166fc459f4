package org.loradash.spark.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.SingularDirections;
import org.loradash.adapter.TargetMethod;
import org.loradash.autograd.Dense;
import org.loradash.config.DashSettings;
import org.loradash.config.Settings;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;
import org.loradash.spark.rounds.Gathered;
import org.loradash.train.Contribution;
import org.loradash.train.TargetBoundary;
import org.loradash.train.TargetBoundary.WorkerChange;
import org.loradash.tsd.direction.TaskSpecificDirections;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * What the workers' changes say of the directions after a round, as at the boundary between pre-launch and sprint: on the
 * driver, layer by layer as the workers' factors arrive, every target's change rates against its decomposition, and the
 * directions to give coordinates to. It is the method's own change that is looked at, without coordinates.
 *
 * @param figures of every target, by name
 * @param directions to give coordinates to, of every target, by name
 */
record Boundary(Map<String, TargetBoundary> figures, Map<String, Directions> directions) {

    /** A target's changes by the workers, to be seen against the decomposition of its weight. */
    private interface WorkersChange {
        TargetBoundary against(SingularValueDecomposition svd, int directions, double epsilon);
    }

    private record OfTarget(Target target, TargetBoundary figures, Directions directions) {}

    /**
     * @param gathered the workers' own parameters, one piece of the adapter after another
     * @param decompositions of all targets, complete
     */
    static Boundary find(
            Iterable<Gathered> gathered,
            Adapter adapter,
            Settings settings,
            Decompositions decompositions,
            Configuration hadoop) {
        Kernels kernels = KernelProvider.best().open();
        Map<String, TargetBoundary> figures = new LinkedHashMap<>();
        Map<String, Directions> directions = new LinkedHashMap<>();
        for (Gathered piece : gathered) {
            changes(piece, adapter, kernels).entrySet().stream().toList().parallelStream()
                    .map(entry ->
                            of(entry.getKey(), entry.getValue(), settings, decompositions.read(entry.getKey(), hadoop)))
                    .toList()
                    .forEach(one -> {
                        figures.put(one.target().name(), one.figures());
                        directions.put(one.target().name(), one.directions());
                    });
        }
        return new Boundary(figures, directions);
    }

    private static OfTarget of(Target target, WorkersChange change, Settings settings, SingularValueDecomposition svd) {
        DashSettings dash = settings.dash();
        TargetBoundary found = change.against(svd, dash.directions(), dash.epsilon());
        // Not the stream that a random start draws from: its directions should not be the ones taken here.
        RandomGenerator random = Adapter.random(~settings.training().seed(), target.name());
        int size = svd.size();
        int count = dash.directions();
        TargetBoundary figures =
                switch (dash.choose()) {
                    case TSD -> found;
                    case TOP -> found.withDirections(SingularDirections.TOP.take(size, count, random));
                    case BOTTOM -> found.withDirections(SingularDirections.BOTTOM.take(size, count, random));
                    case RANDOM -> found.withDirections(SingularDirections.RANDOM.take(size, count, random));
                };
        return new OfTarget(target, figures, Directions.of(TaskSpecificDirections.of(svd, figures.directions())));
    }

    /** The workers' changes of every target, of the targets whose parameters are in the piece. */
    private static Map<Target, WorkersChange> changes(Gathered piece, Adapter adapter, Kernels kernels) {
        Adapter.Range range = adapter.pieces().get(piece.chunk());
        Map<Target, WorkersChange> changes = new LinkedHashMap<>();
        for (int i = 0; i < adapter.targets().size(); i++) {
            Adapter.Range ofTarget = adapter.factorRanges().get(i);
            if (ofTarget.from() < range.from() || ofTarget.to() > range.to()) {
                continue;
            }
            Target target = adapter.targets().get(i);
            TargetMethod method = adapter.on(target);
            Adapter.Range own = new Adapter.Range(ofTarget.from() - range.from(), ofTarget.to() - range.from());
            changes.put(
                    target,
                    adapter.adaptation().isDense()
                            ? dense(piece.contributions(), own, method)
                            : lowRank(piece.contributions(), own, method, target, adapter, kernels));
        }
        return changes;
    }

    private static WorkersChange lowRank(
            List<Contribution> contributions,
            Adapter.Range range,
            TargetMethod method,
            Target target,
            Adapter adapter,
            Kernels kernels) {
        int rank = adapter.adaptation().changeRank(adapter.rank());
        double weights = weights(contributions);
        List<WorkerChange> ofWorkers = new ArrayList<>();
        for (Contribution contribution : contributions) {
            Tensor a = Tensor.zeros(rank, target.inputs());
            Tensor b = Tensor.zeros(target.outputs(), rank);
            method.change(kernels, own(contribution, range), a, b);
            ofWorkers.add(new WorkerChange(contribution.weight() / weights, b.toArray(), a.toArray()));
        }
        return (svd, directions, epsilon) -> TargetBoundary.of(svd, ofWorkers, rank, directions, epsilon);
    }

    private static WorkersChange dense(List<Contribution> contributions, Adapter.Range range, TargetMethod method) {
        double weights = weights(contributions);
        double kept = 0;
        double[] sum = new double[0];
        for (Contribution contribution : contributions) {
            double weight = contribution.weight() / weights;
            Dense change =
                    method.dense(own(contribution, range), Optional.empty()).orElseThrow();
            float[] added = change.added().toArray();
            sum = sum.length == 0 ? new double[added.length] : sum;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * added[i];
            }
            kept += weight * change.kept();
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) sum[i];
        }
        double meanKept = kept;
        return (svd, directions, epsilon) -> TargetBoundary.ofDense(svd, meanKept, mean, directions, epsilon);
    }

    /** A worker's parameters of one target, 1 x as many as it has. */
    private static Tensor own(Contribution contribution, Adapter.Range range) {
        return Tensor.of(
                1, range.size(), Arrays.copyOfRange(contribution.values().parameters(), range.from(), range.to()));
    }

    private static double weights(List<Contribution> contributions) {
        return contributions.stream().mapToLong(Contribution::weight).sum();
    }

    /** The best directions of every target as they stand: the change rates' choice, whatever gets coordinates. */
    Map<String, int[]> best(int count) {
        Map<String, int[]> best = new LinkedHashMap<>();
        figures.forEach((target, of) -> best.put(target, of.best(count)));
        return best;
    }

    /** The largest relative difference of any target. */
    double productOfMeansDifference() {
        return figures.values().stream()
                .mapToDouble(TargetBoundary::productOfMeansDifference)
                .max()
                .orElse(0);
    }

    int directionsThatDiffer() {
        return figures.values().stream()
                .mapToInt(TargetBoundary::directionsThatDiffer)
                .sum();
    }
}
