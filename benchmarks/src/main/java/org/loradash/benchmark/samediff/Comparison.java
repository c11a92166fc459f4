package org.loradash.benchmark.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.loradash.benchmark.kernel.Observation;
import org.loradash.kernel.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Seconds of each turn, and how far the two's gradients are apart.
 *
 * @param difference the largest relative Frobenius norm of any factor's gradients' difference
 */
public record Comparison(List<Double> sameDiff, List<Double> tape, List<Double> productsAlone, double difference) {
    private static final int WARM_UP = 3;

    /** SameDiff, the tape and its products alone in turns, after a few turns to warm up. */
    public static Comparison run(int tokens, int hidden, int inner, int rank, int blockCount, int threads, int turns) {
        Blocks blocks = Blocks.random(new Blocks.Shape(tokens, hidden, inner, rank, blockCount));
        SameDiffBlocks sameDiff = new SameDiffBlocks(blocks, threads);
        Observation observation = new Observation(rank);
        List<Double> bySameDiff = new ArrayList<>();
        List<Double> byTape = new ArrayList<>();
        List<Double> alone = new ArrayList<>();
        double difference = Double.NaN;
        try (TapeBlocks tape = new TapeBlocks(blocks, threads, observation)) {
            for (int turn = 1 - WARM_UP; turn <= turns; turn++) {
                long begin = System.nanoTime();
                Map<String, INDArray> gradients = sameDiff.gradients();
                long middle = System.nanoTime();
                observation.beginRecording();
                tape.run();
                observation.endRecording();
                long end = System.nanoTime();
                difference = difference(blocks, gradients, tape);
                double productSeconds = observation.productsAlone();
                if (turn > 0) {
                    bySameDiff.add((middle - begin) * 1e-9);
                    byTape.add((end - middle) * 1e-9);
                    alone.add(productSeconds);
                }
            }
        }
        return new Comparison(bySameDiff, byTape, alone, difference);
    }

    private static double difference(Blocks blocks, Map<String, INDArray> gradients, TapeBlocks tape) {
        double largest = 0;
        for (int i = 0; i < blocks.blocks().size(); i++) {
            List<String> names = List.of("up" + i + "A", "up" + i + "B", "down" + i + "A", "down" + i + "B");
            List<Tensor> ours = tape.gradients(i);
            for (int j = 0; j < names.size(); j++) {
                INDArray theirs = gradients.get(names.get(j));
                double apart = theirs.sub(ours.get(j).array()).norm2Number().doubleValue();
                largest = Math.max(largest, apart / theirs.norm2Number().doubleValue());
            }
        }
        return largest;
    }
}
