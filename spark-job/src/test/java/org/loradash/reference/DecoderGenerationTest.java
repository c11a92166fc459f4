package org.loradash.reference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;

/**
 * Greedy answers of tiny random decoders are those of transformers' generate, token for token: their windows of 5 to 7 tokens
 * slide over texts of up to 60, and a LongRoPE changes its angles on the way. transformers continues one prompt at a time:
 * LongRoPE's angles are those of the longest text of a batch there.
 */
class DecoderGenerationTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-bias",
                "mistral",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3",
                "phi3",
                "phi3-longrope",
                "granite",
                "olmo2",
                "smollm3",
                "yarn"
            })
    void saysWhatTransformersSays(String fixture) throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        SplittableRandom random = new SplittableRandom(7);
        List<int[]> prompts = Stream.generate(
                        () -> random.ints(random.nextInt(1, 29), 3, 90).toArray())
                .limit(20)
                .toList();
        StockGenerate.check(
                python,
                Fixtures.path("golden/" + fixture + "/model"),
                prompts,
                1,
                directory.resolve("generated.json"),
                "--batch",
                "1");
    }
}
