package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;

/**
 * Decoders of other shapes give what the oracle makes of them while the test runs, with their configs in both formats. It
 * needs the Python that {@code LORADASH_PYTHON} names, as the tests of {@code org.loradash.reference} do, and is skipped
 * without it.
 */
class GeneratedDecoderTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seed 51 --arch llama --heads 3 --kv-heads 1 --layers 3 --set mlp_bias=false",
                "--seed 52 --arch mistral --layers 3 --heads 6 --kv-heads 3 --hidden 36 --set head_dim=10 --set sliding_window=2 --longest 40",
                "--seed 53 --arch mistral --set sliding_window=null --vocab 211 --workers 3",
                "--seed 54 --arch qwen2 --layers 4 --set max_window_layers=2 --set sliding_window=3",
                "--seed 75 --arch qwen3 --layers 3 --set use_sliding_window=true --set sliding_window=9 --set max_window_layers=0",
                "--seed 56 --arch gemma2 --layers 2 --heads 2 --kv-heads 1 --set attn_logit_softcapping=null --set sliding_window=2",
                "--seed 77 --arch gemma2 --tie --layers 3 --set final_logit_softcapping=null --set attention_bias=true",
                "--seed 58 --arch gemma3_text --layers 7 --set sliding_window_pattern=3 --tie --hidden 20",
                "--seed 79 --arch phi3 --hidden 40 --rope {\"partial_rotary_factor\":0.25} --longest 40",
                "--seed 60 --arch phi3 --hidden 48 --heads 2 --kv-heads 1 --rope {\"partial_rotary_factor\":1.0} --tie",
                "--seed 61 --arch granite --layers 3 --set attention_bias=true --set mlp_bias=true --set logits_scaling=0.5",
                "--seed 62 --arch olmo2 --layers 3 --heads 4 --kv-heads 1 --set attention_bias=true --tie",
                "--seed 63 --arch smollm3 --layers 5 --set no_rope_layers=[1,0,0,1,0] --set attention_bias=true",
                "--seed 64 --arch smollm3 --layers 5 --set use_sliding_window=false --set sliding_window=null --tie",
                "--seed 65 --arch olmo2 --rope {\"rope_type\":\"yarn\",\"factor\":8.0,\"original_max_position_embeddings\":32,\"beta_fast\":16,\"truncate\":false}",
                "--seed 66 --arch granite --rope {\"rope_type\":\"linear\",\"factor\":3.0}",
                "--seed 67 --arch mistral --rope {\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,\"original_max_position_embeddings\":32}",
                "--seed 68 --arch qwen3 --positions 12 --longest 30 --rope {\"rope_type\":\"dynamic\",\"factor\":2.0}"
            })
    void giveWhatTheOracleMakesOfThem(String options) throws IOException, InterruptedException {
        String python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set (see package org.loradash.reference)");
        Path fixture = temporary.resolve("fixture");
        List<String> command = new ArrayList<>(
                List.of(python, Fixtures.path("golden/make_golden_decoder.py").toString(), fixture.toString()));
        command.addAll(List.of(
                ("--rank 3 --directions 3 --rounds 3 --warmup-rounds 2 --adam-epsilon 1e-5 " + options).split(" ")));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
        GoldenRun.check(new Golden(fixture), Files.createDirectory(temporary.resolve("one")));
        Files.copy(
                fixture.resolve("model-other-config/config.json"),
                fixture.resolve("model/config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        GoldenRun.check(new Golden(fixture), Files.createDirectory(temporary.resolve("other")));
    }
}
