package org.loradash.model.llama;

import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import java.util.List;
import java.util.stream.IntStream;
import org.loradash.autograd.Attention;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.Linear;
import org.loradash.autograd.OutputLoss;
import org.loradash.autograd.Residual;
import org.loradash.autograd.RmsNorm;
import org.loradash.autograd.Rotary;
import org.loradash.autograd.Rows;
import org.loradash.autograd.SwiGlu;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.model.Target;

/** LLaMA's forward pass over sequences that lie end to end. */
public final class Llama implements Model {
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final RotaryAngles angles;

    public Llama(LlamaConfig config, LlamaWeights weights) {
        this.config = config;
        this.weights = weights;
        this.angles = new RotaryAngles(config.rotaryFrequencies());
    }

    @Override
    public List<Target> targets() {
        return LlamaWeights.targets(config);
    }

    @Override
    public double loss(Tape tape, Batch batch, Changes changes, float scale) {
        int[] labelled = IntStream.range(0, batch.targets().length)
                .filter(i -> batch.targets()[i] >= 0)
                .toArray();
        if (labelled.length == 0) {
            throw new IllegalArgumentException("batch: no token has a target (at least one must)");
        }
        int[] targets = IntStream.of(labelled).map(i -> batch.targets()[i]).toArray();
        Variable states = hiddenStates(tape, batch, changes);
        // The norm works row by row, so only the rows that predict something go on.
        Variable last = RmsNorm.apply(tape, Rows.gather(tape, states, labelled), weights.norm(), config.normEpsilon());
        return OutputLoss.apply(tape, last, weights.head(), targets, scale);
    }

    @Override
    public Tensor logits(Tape tape, Batch batch, Changes changes) {
        Variable states = hiddenStates(tape, batch, changes);
        Tensor last = RmsNorm.apply(tape, states, weights.norm(), config.normEpsilon())
                .value();
        Weight head = weights.head();
        Tensor rows = head.plain().orElseGet(() -> {
            Tensor expanded = tape.arena().take(head.rows(), head.columns());
            tape.kernels().expand(head, 0, head.rows(), expanded);
            return expanded;
        });
        Tensor logits = tape.arena().take(last.rows(), head.rows());
        tape.kernels().matmul(last, PLAIN, rows, TRANSPOSED, logits, 1f, 0f);
        return logits;
    }

    private Variable hiddenStates(Tape tape, Batch batch, Changes changes) {
        int[] positions = positions(batch.starts());
        Rotary.Table table = angles.upTo(1 + IntStream.of(positions).max().orElse(0));
        Attention.Shape shape = new Attention.Shape(config.heads(), config.keyHeads(), batch.starts());
        Variable x = Embedding.apply(tape, weights.embedding(), batch.tokens());
        for (LlamaWeights.Layer layer : weights.layers()) {
            tape.beginScope();
            Variable h = RmsNorm.apply(tape, x, layer.attentionNorm(), config.normEpsilon());
            Variable q = Rotary.apply(tape, linear(tape, h, layer.query(), changes), config.heads(), table, positions);
            Variable k = Rotary.apply(tape, linear(tape, h, layer.key(), changes), config.keyHeads(), table, positions);
            Variable v = linear(tape, h, layer.value(), changes);
            x = Residual.add(tape, x, linear(tape, Attention.apply(tape, q, k, v, shape), layer.output(), changes));

            h = RmsNorm.apply(tape, x, layer.feedForwardNorm(), config.normEpsilon());
            Variable gate = linear(tape, h, layer.gate(), changes);
            Variable up = linear(tape, h, layer.up(), changes);
            x = Residual.add(tape, x, linear(tape, SwiGlu.apply(tape, gate, up), layer.down(), changes));
            tape.endScope();
        }
        return x;
    }

    private static Variable linear(Tape tape, Variable x, LlamaWeights.Projection projection, Changes changes) {
        return changes.of(projection.name())
                .map(change -> Linear.apply(tape, x, projection.weight(), change, changes.dropout(projection.name())))
                .orElseGet(() -> Linear.apply(tape, x, projection.weight()));
    }

    /** Each token's place in its sequence. */
    private static int[] positions(int[] starts) {
        int[] positions = new int[starts[starts.length - 1]];
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            for (int i = starts[sequence]; i < starts[sequence + 1]; i++) {
                positions[i] = i - starts[sequence];
            }
        }
        return positions;
    }
}
