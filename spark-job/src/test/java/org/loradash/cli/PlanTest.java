package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.spark.training.TrainingJob;

/** What a run would need is told from config.json alone, and refused where it does not fit. */
class PlanTest {
    private static final String LLAMA_7B =
            """
            {"architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 11008,
             "max_position_embeddings": 2048, "num_attention_heads": 32, "num_hidden_layers": 32,
             "num_key_value_heads": 32, "rms_norm_eps": 1e-06, "tie_word_embeddings": false, "vocab_size": 32000}
            """;

    @TempDir
    private Path temporary;

    private record Ended(int status, List<String> output, String error) {}

    @BeforeEach
    void writeConfig() throws IOException {
        Files.writeString(temporary.resolve("config.json"), LLAMA_7B);
    }

    private Ended plan(String spark, String... more) throws IOException {
        Path configuration = temporary.resolve("plan.conf");
        Files.writeString(
                configuration,
                """
                run.output = "%1$s/run"
                model { path = "%1$s", storage = bfloat16 }
                data.train = ["absent.json"]
                adapter { method = lora, rank = 16, alpha = 32, targets = [q_proj, k_proj, v_proj, up_proj, down_proj] }
                training { workers = 4, batch-size = 16, epochs = 3 }
                spark { %2$s }
                %3$s
                """
                        .formatted(temporary, spark, String.join("\n", more)));
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            int status = LoraDash.run(
                    new String[] {"plan", configuration.toString()},
                    new PrintWriter(System.out, true),
                    new PrintWriter(err, true),
                    TrainingJob::run);
            return new Ended(
                    status,
                    out.toString(StandardCharsets.UTF_8).lines().toList(),
                    err.toString().strip());
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void tellsTargetsAndMemoryOfAModelWhoseWeightsAreNotThere() throws IOException {
        Ended ended = plan("master = yarn, executor.memory = 16g, executor.memoryOverhead = 60g");
        assertThat(ended.error()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(ended.output())
                .contains("targets    q_proj, k_proj, v_proj, up_proj, down_proj")
                .anyMatch(line -> line.contains("160 targets, rank 16, 28,049,408 trainable parameters; 4 workers"))
                .anyMatch(line -> line.startsWith("memory     an executor needs ")
                        && line.contains("weights 12.6 GiB")
                        && line.endsWith("it has 16.0 GiB of heap (spark.executor.memory) and 60.0 GiB outside"
                                + " (spark.executor.memoryOverhead)"))
                .anyMatch(line -> line.startsWith("memory     the driver needs "));
        assertThat(temporary.resolve("run")).doesNotExist();
    }

    @Test
    void refusesAContainerThatIsTooSmallAndSaysWhatToChange() throws IOException {
        Ended ended = plan("master = yarn, executor.memory = 4g, executor.memoryOverhead = 8g");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.error())
                .startsWith(
                        "lora-dash: spark.executor.memory and spark.executor.memoryOverhead: 12.0 GiB (must be at least ")
                .contains("weights 12.6 GiB")
                .endsWith(
                        "less is needed with model.storage = nf4, training.recompute = true, a smaller training.slice-tokens or"
                                + " data.cutoff)");
    }

    @Test
    void refusesAHeapThatIsTooSmall() throws IOException {
        Ended ended = plan("master = \"spark://host:7077\", executor.memory = 512m");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.error())
                .startsWith("lora-dash: spark.executor.memory: 0.5 GiB (must be at least ")
                .endsWith("less is needed with a smaller adapter.rank, fewer adapter.targets)");
    }

    @Test
    void recomputedBlocksNeedLess() throws IOException {
        String spark = "master = yarn, executor.memory = 2g, executor.memoryOverhead = 16g";
        assertThat(plan(spark).status()).isEqualTo(2);
        assertThat(plan(spark, "training.recompute = true").status()).isZero();
    }

    @Test
    void refusesWhatDoesNotFitTheModel() throws IOException {
        Ended ended = plan("master = yarn", "adapter.rank = 5000");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.error()).startsWith("lora-dash: adapter.rank: 5000 (must be from 1 to 4096");
    }
}
