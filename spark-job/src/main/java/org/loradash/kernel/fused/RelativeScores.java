package org.loradash.kernel.fused;

import static org.loradash.kernel.fused.Lanes.COUNT;
import static org.loradash.kernel.fused.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Scores of a block of queries, which are to three products at once: q_i (k_j + K_x) + k_j Q_x, x = j - i + longest - 1, one
 * inner element after the other. A vector of neighbouring keys meets a query at neighbouring distances; and two queries a
 * vector's length apart meet keys as far apart at the same distances, which serve both.
 */
final class RelativeScores {
    private RelativeScores() {}

    /**
     * What scores are made of.
     *
     * @param queries rows x width
     * @param keys d rows of keysStride, scaled; the first key is behind one vector, and there are two behind the last
     * @param relativeKeys d rows of distancesStride, scaled; the first distance is behind one vector
     * @param relativeQueries likewise, not scaled
     */
    record Of(
            float[] queries,
            int width,
            float[] keys,
            int keysStride,
            float[] relativeKeys,
            float[] relativeQueries,
            int distancesStride,
            int d) {}

    /**
     * Writes rows of scores.
     *
     * @param rows of queries
     * @param length keys
     * @param first x of the first query and the first key, one less for each further query
     * @param scores rows of keysStride; writes there one vector before the first key and up to two behind the last too
     * @param at where the first key's score of the first query is to be
     */
    static void write(Of of, int rows, int length, int first, float[] scores, int at) {
        int stride = of.keysStride();
        for (int group = 0; group < rows; group += 2 * COUNT) {
            // Queries next to each other meet a tile's keys at nearly the same distances, which stay in the first
            // cache.
            int pairs = Math.max(0, Math.min(COUNT, rows - group - COUNT));
            for (int j = -COUNT; j < length; j += 2 * COUNT) {
                for (int i = group; i < group + pairs; i++) {
                    if (j + COUNT < length) {
                        pair(of, i, j, first - i + j, scores, at + i * stride + j);
                    } else {
                        single(of, i, j, first - i + j, scores, at + i * stride + j);
                    }
                }
            }
            int others = Math.min(group + COUNT, rows);
            for (int j = 0; j < length; j += 2 * COUNT) {
                for (int i = group + pairs; i < others; i++) {
                    single(of, i, j, first - i + j, scores, at + i * stride + j);
                }
            }
        }
    }

    /** Two vectors of query i's scores from key j on, and of those of the query a vector later from the key a vector later on. */
    private static void pair(Of of, int i, int j, int x, float[] scores, int at) {
        float[] queries = of.queries();
        float[] keys = of.keys();
        float[] relativeKeys = of.relativeKeys();
        float[] relativeQueries = of.relativeQueries();
        int keysStride = of.keysStride();
        int distancesStride = of.distancesStride();
        int d = of.d();
        int inFirst = i * of.width();
        int inSecond = (i + COUNT) * of.width();
        int inKeys = COUNT + j;
        int inDistances = COUNT + x;
        FloatVector first0 = FloatVector.zero(FLOATS);
        FloatVector first1 = first0;
        FloatVector second0 = first0;
        FloatVector second1 = first0;
        FloatVector toQueries00 = first0;
        FloatVector toQueries01 = first0;
        FloatVector toQueries10 = first0;
        FloatVector toQueries11 = first0;
        for (int c = 0; c < d; c++) {
            FloatVector of0 = FloatVector.broadcast(FLOATS, queries[inFirst + c]);
            FloatVector of1 = FloatVector.broadcast(FLOATS, queries[inSecond + c]);
            FloatVector key = FloatVector.fromArray(FLOATS, keys, inKeys);
            FloatVector query = FloatVector.fromArray(FLOATS, relativeQueries, inDistances);
            FloatVector relative = FloatVector.fromArray(FLOATS, relativeKeys, inDistances);
            toQueries00 = key.fma(query, toQueries00);
            first0 = of0.fma(key.add(relative), first0);
            key = FloatVector.fromArray(FLOATS, keys, inKeys + COUNT);
            toQueries10 = key.fma(query, toQueries10);
            second0 = of1.fma(key.add(relative), second0);
            query = FloatVector.fromArray(FLOATS, relativeQueries, inDistances + COUNT);
            relative = FloatVector.fromArray(FLOATS, relativeKeys, inDistances + COUNT);
            toQueries01 = key.fma(query, toQueries01);
            first1 = of0.fma(key.add(relative), first1);
            key = FloatVector.fromArray(FLOATS, keys, inKeys + 2 * COUNT);
            toQueries11 = key.fma(query, toQueries11);
            second1 = of1.fma(key.add(relative), second1);
            inKeys += keysStride;
            inDistances += distancesStride;
        }
        first0.add(toQueries00).intoArray(scores, at);
        first1.add(toQueries01).intoArray(scores, at + COUNT);
        int below = at + COUNT * keysStride + COUNT;
        second0.add(toQueries10).intoArray(scores, below);
        second1.add(toQueries11).intoArray(scores, below + COUNT);
    }

    /** Two vectors of query i's scores from key j on. */
    private static void single(Of of, int i, int j, int x, float[] scores, int at) {
        float[] queries = of.queries();
        float[] keys = of.keys();
        float[] relativeKeys = of.relativeKeys();
        float[] relativeQueries = of.relativeQueries();
        int keysStride = of.keysStride();
        int distancesStride = of.distancesStride();
        int d = of.d();
        int inQuery = i * of.width();
        int inKeys = COUNT + j;
        int inDistances = COUNT + x;
        FloatVector first0 = FloatVector.zero(FLOATS);
        FloatVector first1 = first0;
        FloatVector toQueries0 = first0;
        FloatVector toQueries1 = first0;
        for (int c = 0; c < d; c++) {
            FloatVector key0 = FloatVector.fromArray(FLOATS, keys, inKeys);
            FloatVector key1 = FloatVector.fromArray(FLOATS, keys, inKeys + COUNT);
            toQueries0 = key0.fma(FloatVector.fromArray(FLOATS, relativeQueries, inDistances), toQueries0);
            toQueries1 = key1.fma(FloatVector.fromArray(FLOATS, relativeQueries, inDistances + COUNT), toQueries1);
            FloatVector of0 = FloatVector.broadcast(FLOATS, queries[inQuery + c]);
            first0 = of0.fma(key0.add(FloatVector.fromArray(FLOATS, relativeKeys, inDistances)), first0);
            first1 = of0.fma(key1.add(FloatVector.fromArray(FLOATS, relativeKeys, inDistances + COUNT)), first1);
            inKeys += keysStride;
            inDistances += distancesStride;
        }
        first0.add(toQueries0).intoArray(scores, at);
        first1.add(toQueries1).intoArray(scores, at + COUNT);
    }
}
