package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.task.Examples;
import org.loradash.task.language.NextTokens;

/**
 * Records of a real data set with the tokenizer of a real model, against what transformers makes of them. The file that
 * {@code LORADASH_REFERENCE_TOKENS} names is written by reference_tokens.py among the test resources.
 */
class ReferenceRecordsTest {
    private static final String REFERENCE = "LORADASH_REFERENCE_TOKENS";

    @TempDir
    Path directory;

    @Test
    void equalThoseOfTheReferenceRecipe() throws IOException {
        String file = System.getenv(REFERENCE);
        assumeTrue(file != null, "skipped: " + REFERENCE + " names no file, as it needs a model that is not here");

        ObjectMapper json = new ObjectMapper();
        JsonNode reference = json.readTree(Path.of(file).toFile());
        ArrayNode records = json.createArrayNode();
        reference.path("rows").forEach(row -> records.add(row.path("record")));
        Path input = directory.resolve("records.json");
        Files.write(input, json.writeValueAsBytes(records));

        int cutoff = reference.path("cutoff").intValue();
        boolean trainOnInputs = reference.path("train_on_inputs").booleanValue();
        Configuration configuration = new Configuration();
        ShardSummary summary = Examples.writeShard(
                configuration,
                new NextTokens(
                        new DataSettings(
                                List.of(),
                                DataSettings.Format.INSTRUCTION,
                                cutoff,
                                trainOnInputs,
                                true,
                                true,
                                true,
                                TableSettings.USUAL,
                                ChatSettings.USUAL),
                        Fixtures.hadoop(Path.of(reference.path("model").textValue()))
                                .toString(),
                        reference.path("vocabulary_size").intValue(),
                        cutoff),
                "data.train",
                Fixtures.hadoop(input),
                RecordStore.shard(Fixtures.hadoop(directory), 0));
        assertThat(summary).isInstanceOf(ShardSummary.Written.class);

        org.apache.hadoop.fs.Path shards = Fixtures.hadoop(directory);
        try (RecordStore<Sequence> store =
                RecordStore.open(shards.getFileSystem(configuration), shards, Sequence.CODEC)) {
            assertThat(store.records()).isEqualTo(records.size()).isPositive();
            for (int i = 0; i < records.size(); i++) {
                JsonNode row = reference.path("rows").path(i);
                assertThat(store.read(i))
                        .as("record %d", i)
                        .isEqualTo(new Sequence(
                                json.treeToValue(row.path("input_ids"), int[].class),
                                json.treeToValue(row.path("labels"), int[].class)));
            }
        }
    }
}
