package org.loradash.benchmark.engine;

import java.util.List;
import java.util.Map;
import org.loradash.adapter.Adapter;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.model.Target;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;

/**
 * What is trained and how: by default the commonsense recipe of LoRA-Dash (arXiv 2409.01035) without dropout.
 *
 * @param batch records of a step
 * @param threads that compute a step together
 * @param blockValues whether the values inside a model's blocks are kept for the backward pass or made again
 * @param arithmetic of products of matrices
 */
public record Recipe(
        int rank,
        double alpha,
        int batch,
        int cutoff,
        double learningRate,
        int threads,
        BlockValues blockValues,
        Arithmetic arithmetic) {
    private static final List<String> TARGETS = List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj");
    private static final long SEED = 42;

    public Recipe {
        atLeastOne("--rank", rank);
        atLeastOne("--batch", batch);
        atLeastOne("--threads", threads);
        if (cutoff < 2) {
            throw InvalidInput.of("--cutoff", cutoff, "must be at least 2");
        }
        if (!(alpha > 0)) {
            throw InvalidInput.of("--alpha", alpha, "must be above 0");
        }
    }

    private static void atLeastOne(String what, int value) {
        if (value < 1) {
            throw InvalidInput.of(what, value, "must be at least 1");
        }
    }

    /** LoRA on a decoder's query, key, value, up and down projections, for batches that are there already. */
    public Workload<TokenBatch> workload(Decoder model, List<TokenBatch> batches) {
        DecoderShape shape = model.shape();
        DataSettings data = new DataSettings(
                List.of(),
                DataSettings.Format.TOKENS,
                cutoff,
                true,
                false,
                true,
                true,
                TableSettings.USUAL,
                ChatSettings.USUAL);
        NextTokens task = new NextTokens(data, "", shape.vocabularySize(), shape.maximumPositions());
        Adapter adapter = adapter(model);
        return new Workload<>(task, model, adapter, adapter.start(SEED), batches, batch);
    }

    private Adapter adapter(Decoder model) {
        List<Target> targets = model.shape().targets().stream()
                .filter(target -> TARGETS.contains(target.kind()))
                .toList();
        for (Target target : targets) {
            if (rank > target.directions()) {
                throw InvalidInput.of(
                        "--rank",
                        rank,
                        "must be at most " + target.directions() + ", the smaller side of " + target.name());
            }
        }
        return new Adapter("lora", rank, alpha / rank, targets, Map.of());
    }
}
