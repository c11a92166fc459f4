package org.loradash.spark.dl4j;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches on their way through DL4J, which carries arrays and nothing else: what it carries is a number, and the layer of the
 * same process finds the batch by it.
 *
 * @param <B> what a step computes on
 */
final class BatchHandles<B> {
    /** float32 holds integers below it exactly. */
    private static final int LIMIT = 1 << 24;

    private final Map<Integer, B> held = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    /** What DL4J carries in a batch's place, until it is taken back: features of 1 x 1, and labels, which mean nothing. */
    DataSet hand(B batch) {
        int handle = Math.floorMod(next.getAndIncrement(), LIMIT);
        held.put(handle, batch);
        return new DataSet(Nd4j.createFromArray(new float[][] {{handle}}), Nd4j.zeros(1, 1));
    }

    /** The batch that features stand for. */
    B held(INDArray features) {
        B batch = held.get(handle(features));
        if (batch == null) {
            throw new IllegalStateException("no batch of handle " + handle(features) + " in this process");
        }
        return batch;
    }

    /** Forgets a batch. */
    void takeBack(org.nd4j.linalg.dataset.api.DataSet handed) {
        held.remove(handle(handed.getFeatures()));
    }

    private static int handle(INDArray features) {
        return (int) features.getFloat(0);
    }
}
