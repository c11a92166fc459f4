package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Products of matrices that fit the caches, computed by tiles of four rows and two vectors of columns that stay in
 * registers. A call of ND4J costs as much as many of these.
 */
final class SmallProduct {
    /** Rows of a tile: c's rows, and a's, must have room up to a multiple of it. */
    static final int TILE_ROWS = 4;

    private SmallProduct() {}

    /** As {@link #multiply(float[], int, int, int, float[], int, int, float[], int, int, int, int, int, Sum)}, from the arrays' beginnings. */
    static void multiply(
            float[] a,
            int rowOfA,
            int columnOfA,
            float[] b,
            int rowOfB,
            float[] c,
            int rowOfC,
            int m,
            int n,
            int k,
            Sum sum) {
        multiply(a, 0, rowOfA, columnOfA, b, 0, rowOfB, c, 0, rowOfC, m, n, k, sum);
    }

    /**
     * c (m x n) = or += a (m x k) * b (k x n). Element (i, l) of a lies at fromA + i * rowOfA + l * columnOfA, so that a may be
     * taken transposed or askew; b and c are row-major, their rows padded to whole vectors.
     *
     * @param n a multiple of a vector's length
     */
    static void multiply(
            float[] a,
            int fromA,
            int rowOfA,
            int columnOfA,
            float[] b,
            int fromB,
            int rowOfB,
            float[] c,
            int fromC,
            int rowOfC,
            int m,
            int n,
            int k,
            Sum sum) {
        int j = 0;
        for (; j + 2 * COUNT <= n; j += 2 * COUNT) {
            for (int i = 0; i < m; i += TILE_ROWS) {
                int inA = fromA + i * rowOfA;
                int inC = fromC + i * rowOfC + j;
                wideTile(a, inA, rowOfA, columnOfA, b, fromB + j, rowOfB, c, inC, rowOfC, k, sum);
            }
        }
        if (j < n) {
            for (int i = 0; i < m; i += TILE_ROWS) {
                int inA = fromA + i * rowOfA;
                int inC = fromC + i * rowOfC + j;
                tile(a, inA, rowOfA, columnOfA, b, fromB + j, rowOfB, c, inC, rowOfC, k, sum);
            }
        }
    }

    /** What a product does to what its destination holds. */
    enum Sum {
        NEW,
        ADDED
    }

    private static void wideTile(
            float[] a,
            int fromA,
            int rowOfA,
            int columnOfA,
            float[] b,
            int fromB,
            int rowOfB,
            float[] c,
            int fromC,
            int rowOfC,
            int k,
            Sum sum) {
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        int inA = fromA;
        int inB = fromB;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, inB);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, inB + COUNT);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[inA]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[inA + rowOfA]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[inA + 2 * rowOfA]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[inA + 3 * rowOfA]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            inA += columnOfA;
            inB += rowOfB;
        }
        store(c00, c, fromC, sum);
        store(c01, c, fromC + COUNT, sum);
        store(c10, c, fromC + rowOfC, sum);
        store(c11, c, fromC + rowOfC + COUNT, sum);
        store(c20, c, fromC + 2 * rowOfC, sum);
        store(c21, c, fromC + 2 * rowOfC + COUNT, sum);
        store(c30, c, fromC + 3 * rowOfC, sum);
        store(c31, c, fromC + 3 * rowOfC + COUNT, sum);
    }

    private static void tile(
            float[] a,
            int fromA,
            int rowOfA,
            int columnOfA,
            float[] b,
            int fromB,
            int rowOfB,
            float[] c,
            int fromC,
            int rowOfC,
            int k,
            Sum sum) {
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        int inA = fromA;
        int inB = fromB;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, inB);
            c0 = FloatVector.broadcast(FLOATS, a[inA]).fma(b0, c0);
            c1 = FloatVector.broadcast(FLOATS, a[inA + rowOfA]).fma(b0, c1);
            c2 = FloatVector.broadcast(FLOATS, a[inA + 2 * rowOfA]).fma(b0, c2);
            c3 = FloatVector.broadcast(FLOATS, a[inA + 3 * rowOfA]).fma(b0, c3);
            inA += columnOfA;
            inB += rowOfB;
        }
        store(c0, c, fromC, sum);
        store(c1, c, fromC + rowOfC, sum);
        store(c2, c, fromC + 2 * rowOfC, sum);
        store(c3, c, fromC + 3 * rowOfC, sum);
    }

    private static void store(FloatVector value, float[] c, int at, Sum sum) {
        // Two stores, since a vector that comes from two branches would be put into an object.
        if (sum == Sum.ADDED) {
            value.add(FloatVector.fromArray(FLOATS, c, at)).intoArray(c, at);
        } else {
            value.intoArray(c, at);
        }
    }
}
