package org.loradash.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
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
 * The boundary between pre-launch and sprint: on the driver, layer by layer as the workers' factors arrive, every target's
 * change rates against its decomposition, and the directions to give coordinates to.
 *
 * @param figures of every target, by name
 * @param directions of every target, by name
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
            Settings.Dash dash,
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
                            adapter.changeRank(entry.getKey()),
                            dash,
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
            Target target, List<WorkerChange> changes, int rank, Settings.Dash dash, SingularValueDecomposition svd) {
        TargetBoundary figures = TargetBoundary.of(svd, changes, rank, dash.directions(), dash.epsilon());
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
            List<WorkerChange> ofWorkers = new ArrayList<>();
            for (Contribution contribution : piece.contributions()) {
                float[] parameters = Arrays.copyOfRange(
                        contribution.values().parameters(),
                        ofTarget.from() - range.from(),
                        ofTarget.to() - range.from());
                ofWorkers.add(change(
                        adapter,
                        adapter.targets().get(i),
                        parameters,
                        contribution.labelledTokens() / tokens,
                        kernels));
            }
            changes.put(adapter.targets().get(i), ofWorkers);
        }
        return changes;
    }

    private static WorkerChange change(
            Adapter adapter, Target target, float[] parameters, double weight, Kernels kernels) {
        int rank = adapter.changeRank(target);
        Tensor a = Tensor.zeros(rank, target.inputs());
        Tensor b = Tensor.zeros(target.outputs(), rank);
        Tensor own = Tensor.of(1, parameters.length, parameters);
        adapter.adaptation().change(kernels, target, adapter.rank(), own, (float) adapter.scale(), a, b);
        return new WorkerChange(weight, b.toArray(), a.toArray());
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
