package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.Differences.normal;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.adapter.Products;
import org.loradash.train.TargetBoundary.WorkerChange;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class TargetBoundaryTest {
    private static final SingularValueDecomposition SVD =
            ThinSvd.of(normal(1, 9, 7, 1).toArray(), 9, 7);

    @Test
    void aDenseChangeHasTheFiguresOfTheFactorsWhoseProductItIs() {
        float[] b = normal(2, 9, 3, 1).toArray();
        float[] a = normal(3, 3, 7, 1).toArray();
        TargetBoundary lowRank = TargetBoundary.of(SVD, List.of(new WorkerChange(1, b, a)), 3, 4, 1e-6);
        TargetBoundary dense =
                TargetBoundary.ofDense(SVD, 1, Products.floats(Products.product(b, a, 9, 3, 7)), 4, 1e-6);
        assertThat(dense.deltaSigma()).usingComparatorWithPrecision(1e-4f).containsExactly(lowRank.deltaSigma());
        assertThat(dense.changeRates()).usingComparatorWithPrecision(1e-3f).containsExactly(lowRank.changeRates());
        assertThat(dense.directions()).containsExactly(lowRank.directions());
    }

    @Test
    void whatIsLeftOfTheWeightCountsAsAChangeOfEverySingularValue() {
        TargetBoundary half = TargetBoundary.ofDense(SVD, 0.5, new float[9 * 7], 4, 1e-9);
        assertThat(half.changeRates()).usingComparatorWithPrecision(1e-6f).containsOnly(0.5f);
        assertThat(half.deltaSigma()[0]).isEqualTo(-half.sigma()[0] / 2);
    }
}
