package org.loradash.adapter;

import java.io.Serializable;
import org.loradash.tsd.direction.TaskSpecificDirections;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * Some singular triplets of a frozen weight, from which a method starts; frozen themselves.
 *
 * @param directions u and v of each
 * @param sigma of each
 */
public record SingularTriplets(Directions directions, float[] sigma) implements Serializable {

    public SingularTriplets {
        if (sigma.length != directions.count()) {
            throw new IllegalArgumentException(
                    "sigma: %d (must be %d, one a direction)".formatted(sigma.length, directions.count()));
        }
    }

    /** The triplets of a decomposition at those indices, in that order. */
    public static SingularTriplets of(SingularValueDecomposition svd, int[] indices) {
        float[] sigma = new float[indices.length];
        for (int k = 0; k < sigma.length; k++) {
            sigma[k] = svd.sigma()[indices[k]];
        }
        return new SingularTriplets(Directions.of(TaskSpecificDirections.of(svd, indices)), sigma);
    }

    /** U diag(factors), outputs x count. */
    float[] scaledU(double[] factors) {
        float[] scaled = new float[directions.u().length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (factors[i % sigma.length] * directions.u()[i]);
        }
        return scaled;
    }

    /** diag(factors) V^T, count x inputs. */
    float[] scaledV(double[] factors) {
        int inputs = directions.v().length / sigma.length;
        float[] scaled = new float[directions.v().length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (factors[i / inputs] * directions.v()[i]);
        }
        return scaled;
    }
}
