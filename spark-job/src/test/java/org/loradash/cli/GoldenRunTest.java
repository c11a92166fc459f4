package org.loradash.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training through the command gives what an independent implementation in double precision gives. */
class GoldenRunTest {
    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-tiny",
                "tied",
                "lora",
                "gradients",
                "llama3-rope",
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
                "yarn",
                "dynamic",
                "pissa",
                "milora",
                "rosa",
                "spectral",
                "choose-bottom",
                "full",
                "deberta",
                "deberta-unshared",
                "bert",
                "roberta-regression",
                "sdxl-tiny"
            })
    void equalsTheOracle(String name) throws IOException {
        GoldenRun.check(Golden.named(name), temporary);
    }
}
