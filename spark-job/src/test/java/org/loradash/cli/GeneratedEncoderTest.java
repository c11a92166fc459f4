package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;

/**
 * Encoders of other shapes, and other methods on them, give what the oracle makes of them while the test runs. It needs the
 * Python that {@code LORADASH_PYTHON} names, as the tests of {@code org.loradash.reference} do, and is skipped without it.
 */
class GeneratedEncoderTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seed 31 --buckets 4 --heads 6 --longest 60",
                "--seed 32 --buckets 32 --positions 40 --longest 40 --heads 1 --labels 7",
                "--seed 33 --no-share-att-key --workers 3 --rounds 4 --heads 3 --buckets 10 --longest 50 --labels 4",
                "--seed 34 --layers 3 --hidden 24 --intermediate 100 --local-steps 1 --averaging gradients --clip 0.7",
                "--seed 35 --regression --published-config --schedule cosine --rank 3 --alpha 9",
                "--seed 36 --arch bert --labels 9 --heads 8 --hidden 40 --workers 3 --longest 64 --weight-decay 0.2",
                "--seed 37 --arch bert --regression --layers 4 --batch 1",
                "--seed 38 --arch roberta --labels 3 --heads 6 --workers 4 --rounds 3 --warmup-rounds 1 --longest 64",
                "--seed 39 --method lora --targets query_proj,key_proj",
                "--seed 40 --method pissa --dash --adam-epsilon 1e-5",
                "--seed 41 --method milora --no-share-att-key --adam-epsilon 1e-5",
                "--seed 42 --method rosa --arch bert --dash --choose random --adam-epsilon 1e-5",
                "--seed 43 --method spectral --arch roberta --adam-epsilon 1e-5",
                "--seed 44 --method full --dash --labels 3 --rank 4 --targets query_proj,key_proj,output.dense --lr 0.01 --adam-epsilon 1e-5",
                "--seed 45 --choose bottom --arch bert --adam-epsilon 1e-5"
            })
    void giveWhatTheOracleMakesOfThem(String options) throws IOException, InterruptedException {
        String python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set (see package org.loradash.reference)");
        Path fixture = temporary.resolve("fixture");
        List<String> command = new ArrayList<>(
                List.of(python, Fixtures.path("golden/make_golden_encoder.py").toString(), fixture.toString()));
        command.addAll(List.of(options.split(" ")));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
        GoldenRun.check(new Golden(fixture), temporary);
    }
}
