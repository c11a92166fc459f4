package org.loradash.benchmark.samediff;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dropout;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.OutputChanges;
import org.loradash.autograd.OutputChanges.Part;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Copy;

/** The network on our tape: gate and up are one product, and all threads compute each operation together. */
final class TapeBlocks implements AutoCloseable {
    private final Kernels kernels;
    private final Tape tape;
    private final Tensor x;
    private final Tensor direction;
    private final List<Layer> layers;

    /** @param gateUp the gate's outputs first, then those of up, which alone is changed */
    private record Layer(Weight gateUp, LowRank up, Weight down, LowRank ofDown) {}

    /** @param threads that compute, the caller's among them */
    TapeBlocks(Blocks blocks, int threads, UnaryOperator<Kernels> observer) {
        Blocks.Shape shape = blocks.shape();
        this.kernels = observer.apply(KernelProvider.best().open(threads));
        this.tape = new Tape(kernels, new Arena());
        this.x = Tensor.of(shape.tokens(), shape.hidden(), blocks.x());
        this.direction = Tensor.of(shape.tokens(), shape.hidden(), blocks.direction());
        this.layers = blocks.blocks().stream()
                .map(block -> new Layer(
                        weight(shape.hidden(), block.gate(), block.up().weight()),
                        change(block.up(), shape.rank()),
                        weight(shape.inner(), block.down().weight()),
                        change(block.down(), shape.rank())))
                .toList();
    }

    /** Forward and backward. */
    void run() {
        tape.reset();
        Variable stream = tape.constant(x);
        for (Layer layer : layers) {
            zeroGradients(layer.up());
            zeroGradients(layer.ofDown());
            stream = tape.block(stream, (inside, before) -> block(inside, before, layer));
        }
        kernels.run(new Copy(direction, tape.newGradient(stream)));
        tape.backward();
    }

    private static Variable block(Tape tape, Variable x, Layer layer) {
        int inner = layer.gateUp().rows() / 2;
        OutputChanges ofUp = new OutputChanges(List.of(new Part(inner, layer.up(), Dropout.NONE)));
        OutputChanges ofDown = OutputChanges.of(layer.ofDown(), Dropout.NONE);
        Variable gateUp = Linear.apply(tape, LinearInput.of(x), layer.gateUp(), Optional.of(ofUp));
        Variable down =
                Linear.apply(tape, LinearInput.gated(gateUp, Activation.SILU), layer.down(), Optional.of(ofDown));
        return Sum.add(tape, x, down);
    }

    /** The gradients of a block's factors: of up's A and B, then of down's. */
    List<Tensor> gradients(int block) {
        Layer layer = layers.get(block);
        return List.of(
                layer.up().aGradient(),
                layer.up().bGradient(),
                layer.ofDown().aGradient(),
                layer.ofDown().bGradient());
    }

    /** Ends the threads. */
    @Override
    public void close() {
        kernels.close();
    }

    private static void zeroGradients(LowRank change) {
        change.aGradient().fill(0f);
        change.bGradient().fill(0f);
    }

    /** Matrices of some columns, one above the other. */
    private static Weight weight(int columns, float[]... matrices) {
        int rows = 0;
        for (float[] matrix : matrices) {
            rows += matrix.length / columns;
        }
        Weight weight = Weight.allocate(rows, columns, Storage.FLOAT32);
        long from = 0;
        for (float[] matrix : matrices) {
            weight.write(from, matrix, matrix.length);
            from += matrix.length;
        }
        return weight;
    }

    private static LowRank change(Blocks.Changed changed, int rank) {
        int inputs = changed.a().length / rank;
        int outputs = changed.b().length / rank;
        return new LowRank(
                Tensor.of(rank, inputs, changed.a()),
                Tensor.of(outputs, rank, changed.b()),
                Tensor.zeros(rank, inputs),
                Tensor.zeros(outputs, rank));
    }
}
