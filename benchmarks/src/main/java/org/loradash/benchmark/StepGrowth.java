package org.loradash.benchmark;

import java.util.List;
import java.util.function.IntFunction;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.RandomLlama;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.engine.Steps;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;

/** What a step of the engine costs as one of its sizes grows, the others as they are. */
final class StepGrowth {
    private static final int VOCABULARY = 8192;
    private static final int HIDDEN = 576;
    private static final int HEADS = 9;
    private static final int INNER = 1536;

    private final int steps;
    private final int threads;

    StepGrowth(int steps, int threads) {
        this.steps = steps;
        this.threads = threads;
    }

    /** One step's sizes. */
    private record Sizes(int layers, int sequences, int length, int rank) {}

    void print() {
        System.out.printf(
                "A step of SmolLM2's widths on %d threads; where not said otherwise 4 layers, 8 sequences of 128 tokens, rank 32%n%n",
                threads);
        // Java compiles what runs often; the first sizes must not pay for it.
        Progress.say("steps to warm up");
        seconds(new Sizes(4, 8, 128, 32));
        print("tokens (sequences of 128)", List.of(256, 512, 1024, 2048), n -> new Sizes(4, n / 128, 128, 32));
        print("length of a sequence (1024 tokens)", List.of(64, 128, 256, 512), n -> new Sizes(4, 1024 / n, n, 32));
        print("rank", List.of(4, 16, 64, 128), n -> new Sizes(4, 8, 128, n));
        print("layers", List.of(2, 4, 8, 16), n -> new Sizes(n, 8, 128, 32));
    }

    private void print(String what, List<Integer> numbers, IntFunction<Sizes> sizes) {
        TextTable table = new TextTable(what, "seconds", "seconds a token, times 1000");
        Growth growth = new Growth("a step with " + what);
        for (int number : numbers) {
            Sizes of = sizes.apply(number);
            Progress.say("a step with %s: %d", what, number);
            double seconds = seconds(of);
            table.row(number, seconds, 1000 * seconds / (of.sequences() * of.length()));
            growth.add(number, seconds);
        }
        table.print();
        System.out.println(growth.verdict() + "\n");
    }

    private double seconds(Sizes sizes) {
        Decoder model = new RandomLlama(HIDDEN, sizes.layers(), HEADS, INNER, VOCABULARY).make(Storage.FLOAT32);
        Recipe recipe = new Recipe(
                sizes.rank(),
                2.0 * sizes.rank(),
                sizes.sequences(),
                sizes.length(),
                2e-4,
                threads,
                BlockValues.KEPT,
                Arithmetic.FLOAT32);
        List<TokenBatch> batches = Records.random(steps + 1, sizes.sequences(), sizes.length(), VOCABULARY);
        return Steps.run(recipe.workload(model, batches), recipe).medianStepSeconds();
    }
}
