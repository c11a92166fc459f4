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
                "pissa",
                "milora",
                "rosa",
                "spectral",
                "choose-bottom",
                "full",
                "deberta",
                "deberta-unshared",
                "bert",
                "roberta-regression"
            })
    void equalsTheOracle(String name) throws IOException {
        GoldenRun.check(Golden.named(name), temporary);
    }
}
