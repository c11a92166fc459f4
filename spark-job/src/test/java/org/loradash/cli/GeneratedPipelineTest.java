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
 * U-Nets of other shapes give what the oracle makes of them while the test runs. It needs the Python that {@code LORADASH_PYTHON}
 * names, as the tests of {@code org.loradash.reference} do, and is skipped without it.
 */
class GeneratedPipelineTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seed 51 --channels 12,24,36 --heads 3,2,6 --transformer-layers 2,1,3 --latent 6x10 --workers 3 --directions 5"
                        + " --text-widths 24,40 --text-heads 3,4 --projection 28 --prompt-length 33",
                "--seed 52 --channels 8,16 --heads 2,4 --transformer-layers 1,2 --layers-per-block 1 --latent 7x5 --batch 1 --rank 3"
                        + " --alpha 6 --local-steps 3 --rounds 3 --warmup-rounds 1 --resolution 48 --weight-decay 0.1",
                "--seed 55 --prediction v_prediction --channels 6,12,18,24 --groups 3 --heads 1,2,3,4 --transformer-layers 1,2,1,1"
                        + " --latent 9x12 --workers 3 --batch 1 --directions 4",
                "--seed 53 --method lora --time-dim 12 --targets to_q,to_out.0,ff.net.0.proj,ff.net.2 --latent 4x12 --lr 0.01"
            })
    void giveWhatTheOracleMakesOfThem(String options) throws IOException, InterruptedException {
        String python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set (see package org.loradash.reference)");
        Path fixture = temporary.resolve("fixture");
        List<String> command = new ArrayList<>(List.of(
                python,
                Fixtures.path("golden/make_golden_sdxl.py").toString(),
                fixture.toString(),
                "--photo",
                Fixtures.path("golden/sdxl-tiny/photo.png").toString()));
        command.addAll(List.of(options.split(" ")));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
        GoldenRun.check(new Golden(fixture), temporary);
    }
}
