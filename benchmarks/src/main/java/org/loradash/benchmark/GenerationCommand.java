package org.loradash.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.loradash.benchmark.engine.PeakMemory;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.process.Json;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.generate.Generated;
import org.loradash.generate.Generator;
import org.loradash.generate.Options;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code generation MODEL RECORDS}: our generation, for {@code generate} to set beside others. */
@Command(
        name = "generation",
        description = "Our generation by itself; prints one JSON line, as peer/torch_generate.py does.",
        mixinStandardHelpOptions = true)
final class GenerationCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private GenerationOptions options;

    /** @param answers each up to and with its end */
    private record Result(
            double tokensPerSecond,
            double seconds,
            long tokens,
            int threads,
            long peakMemoryMib,
            List<int[]> answers) {}

    @Override
    public Integer call() throws IOException {
        List<int[]> prompts = Records.prompts(files.model(), files.records(), options.records());
        try (ModelDirectory directory = ModelDirectory.open(new Configuration(), files.model());
                Generator generator = new Generator(
                        (Decoder) directory.load(Storage.FLOAT32),
                        Changes.none(),
                        KernelProvider.best(),
                        options.threads())) {
            Set<Integer> ends = directory.endTokens(DecoderShape.of(directory).vocabularySize());
            Options generation = new Options(options.decoding(), options.maxTokens(), ends, options.batch());
            List<int[]> first = prompts.subList(0, Math.min(options.batch(), prompts.size()));
            generator.generate(first, 0, generation, Generator.Listener.NONE);
            long begin = System.nanoTime();
            List<Generated> generated = generator.generate(prompts, 0, generation, Generator.Listener.NONE);
            double seconds = (System.nanoTime() - begin) * 1e-9;
            List<int[]> answers = new ArrayList<>();
            long tokens = 0;
            for (Generated answer : generated) {
                answers.add(answer.tokens());
                tokens += answer.tokens().length + (answer.ended() ? 1 : 0);
            }
            System.out.println(Json.line(
                    new Result(tokens / seconds, seconds, tokens, options.threads(), PeakMemory.mebibytes(), answers)));
        }
        return 0;
    }
}
