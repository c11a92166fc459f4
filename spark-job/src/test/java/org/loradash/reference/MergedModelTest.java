package org.loradash.reference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.generate.Merging;
import org.loradash.generate.TinyAdapter;
import org.loradash.generate.Tuned;

/** A merged model is one that transformers loads, and that says the same there. */
class MergedModelTest {
    @TempDir
    Path directory;

    @Test
    void saysTheSameInTransformers() throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path adapter = TinyAdapter.write(directory.resolve("adapter"));
        Path merged = directory.resolve("merged");
        Configuration hadoop = new Configuration();
        Merging.write(Tuned.of(adapter.toString(), Optional.empty(), hadoop), merged.toString(), 1, hadoop);
        List<int[]> prompts;
        try (Tokenizer tokenizer = Tokenizer.open(hadoop, Fixtures.hadoopPath("tiny-llama/model"))) {
            prompts = List.of(
                    tokenizer.encode("Water is"), tokenizer.encode("The sun"), tokenizer.encode("Answer1: true"));
        }
        StockGenerate.check(python, merged, prompts, 1, directory.resolve("generated.json"));
    }
}
