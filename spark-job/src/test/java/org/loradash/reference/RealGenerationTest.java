package org.loradash.reference;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.tokenizer.Tokenizer;

/** SmolLM2-135M's answers to real questions are those of transformers' generate, token for token. */
class RealGenerationTest {
    @TempDir
    Path directory;

    @Test
    void saysWhatTransformersSays() throws IOException, InterruptedException {
        check(1, 50);
    }

    @Test
    void findsTheSequencesOfTransformersBeamSearch() throws IOException, InterruptedException {
        check(4, 25);
    }

    /** @param each records of ARC-Easy and as many of BoolQ */
    private void check(int beams, int each) throws IOException, InterruptedException {
        Path model = RealModelTest.given("LORADASH_SMOLLM2");
        Path records = RealModelTest.given("LORADASH_COMMONSENSE");
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        List<int[]> prompts = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.open(new Configuration(), new org.apache.hadoop.fs.Path(model.toUri()))) {
            for (String name : List.of("ARC-Easy", "boolq")) {
                JsonNode all = Fixtures.json(records.resolve(name).resolve("test.json"));
                for (int i = 0; i < each; i++) {
                    prompts.add(tokenizer.encode(Prompt.of(new InstructionRecord(
                            all.get(i).get("instruction").asText(),
                            all.get(i).get("input").asText(),
                            ""))));
                }
            }
        }
        StockGenerate.check(python, model, prompts, beams, directory.resolve("generated.json"));
    }
}
