package org.loradash.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.SingularDirections;
import org.loradash.adapter.TargetChange;
import org.loradash.config.Settings;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;
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
                    .map(entry -> of(
                            entry.getKey(),
                            entry.getValue(),
                            adapter.adaptation().changeRank(adapter.rank()),
                            settings,
                            decompositions.read(entry.getKey(), hadoop)))
                    .toList()
                    .forEach(one -> {
                        figures.put(one.target().name(), one.figures());
                        directions.put(one.target().name(), one.directions());
                    });
        }
        return new Boundary(figures, directions);
    }

    private static OfTarget of(
            Target target, List<WorkerChange> changes, int rank, Settings settings, SingularValueDecomposition svd) {
        Settings.Dash dash = settings.dash();
        TargetBoundary found = TargetBoundary.of(svd, changes, rank, dash.directions(), dash.epsilon());
        // Not the stream that a random start draws from: its directions should not be the ones taken here.
        RandomGenerator random = Adapter.random(~settings.training().seed(), target);
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

    /** Every target's changes by the workers, of the targets whose parameters are in the piece. */
    private static Map<Target, List<WorkerChange>> changes(Gathered piece, Adapter adapter, Kernels kernels) {
        Adapter.Range range = adapter.pieces().get(piece.chunk());
        double tokens = piece.contributions().stream()
                .mapToLong(Contribution::labelledTokens)
                .sum();
        Map<Target, List<WorkerChange>> changes = new LinkedHashMap<>();
        for (int i = 0; i < adapter.targets().size(); i++) {
            Adapter.Range ofTarget = adapter.factorRanges().get(i);
            if (ofTarget.from() < range.from() || ofTarget.to() > range.to()) {
                continue;
            }
            Target target = adapter.targets().get(i);
            TargetChange method = adapter.on(target);
            List<WorkerChange> ofWorkers = new ArrayList<>();
            for (Contribution contribution : piece.contributions()) {
                float[] parameters = Arrays.copyOfRange(
                        contribution.values().parameters(),
                        ofTarget.from() - range.from(),
                        ofTarget.to() - range.from());
                Tensor own = Tensor.of(1, parameters.length, parameters);
                Tensor a = Tensor.zeros(adapter.adaptation().changeRank(adapter.rank()), target.inputs());
                Tensor b = Tensor.zeros(target.outputs(), a.rows());
                method.change(kernels, own, a, b);
                ofWorkers.add(new WorkerChange(contribution.labelledTokens() / tokens, b.toArray(), a.toArray()));
            }
            changes.put(target, ofWorkers);
        }
        return changes;
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
