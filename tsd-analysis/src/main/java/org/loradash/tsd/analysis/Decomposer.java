package org.loradash.tsd.analysis;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.cache.DecompositionCache;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.linalg.ReconstructionError;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;
import org.loradash.tsd.source.Target;

/**
 * Decompositions of a model's targets: from a cache where one has them, computed otherwise. Each is multiplied out
 * again, so that one that is not its weight's is noticed.
 *
 * @param readable caches that may have some
 * @param kept where computed ones are kept, if anywhere
 */
record Decomposer(List<DecompositionCache> readable, Optional<DecompositionCache> kept, Configuration hadoop) {
    /** A sound one is at about 1e-6. */
    private static final double LARGEST_RESIDUAL = 1e-4;

    /** @param residual relative Frobenius norm of W - U diag(sigma) V^T */
    record Decomposed(SingularValueDecomposition svd, double residual) {}

    /** @throws InvalidInput where a cached decomposition is damaged, or not that of the weight */
    Decomposed of(Target target, float[] weight) {
        String name = target.name().text();
        try {
            for (DecompositionCache cache : readable) {
                if (cache.contains(name, hadoop)) {
                    return fromCache(cache, target, weight);
                }
            }
            SingularValueDecomposition svd = computed(target, weight);
            double residual = ReconstructionError.relative(weight, svd);
            if (!(residual <= LARGEST_RESIDUAL)) {
                throw new ArithmeticException(
                        "decomposition of " + target + ": relative residual " + residual + "; is the processor sound?");
            }
            if (kept.isPresent()) {
                kept.get().write(name, svd, Thread.currentThread().getId(), hadoop);
            }
            return new Decomposed(svd, residual);
        } catch (IOException e) {
            throw Message.of(
                    readable.isEmpty()
                            ? kept.orElseThrow().file(name)
                            : readable.get(0).file(name),
                    e);
        }
    }

    private static SingularValueDecomposition computed(Target target, float[] weight) {
        try {
            return ThinSvd.of(weight, target.rows(), target.columns());
        } catch (InvalidInput e) {
            throw new InvalidInput(target.name() + ": " + e.getMessage(), e);
        }
    }

    private Decomposed fromCache(DecompositionCache cache, Target target, float[] weight) throws IOException {
        SingularValueDecomposition svd = cache.read(target.name().text(), target.rows(), target.columns(), hadoop);
        double residual = ReconstructionError.relative(weight, svd);
        if (!(residual <= LARGEST_RESIDUAL)) {
            throw InvalidInput.of(
                    cache.file(target.name().text()).toString(),
                    "relative residual " + residual,
                    "must be the decomposition of the model's weight; has the model changed? else delete the file");
        }
        return new Decomposed(svd, residual);
    }
}
