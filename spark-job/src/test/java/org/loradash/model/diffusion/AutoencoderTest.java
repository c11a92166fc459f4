package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;

class AutoencoderTest {
    private static final Autoencoder VAE = PipelineParts.SMALL.pipeline().autoencoder();

    @Test
    void anyNumberOfThreadsMakesTheSamePicture() {
        float[] latents = PipelineParts.SMALL.floats("decode.latents", 0);
        try (Kernels two = KernelProvider.best().open(2)) {
            assertThat(VAE.decode(two, latents, 8, 8))
                    .containsExactly(VAE.decode(KernelProvider.best().open(1), latents, 8, 8));
        }
    }

    @Test
    void picturesMustDivideIntoLatents() {
        assertThatThrownBy(() -> VAE.check(64, 60, "--size"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--size: 64 x 60 (must be multiples of 8, as the VAE has it)");
        assertThatThrownBy(() -> VAE.check(1 << 20, 1 << 20, "--size"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--size: 1048576 x 1048576 (must have at most 67100672 pixels)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"shift_factor\": 0.1|shift_factor: 0.1 (must be absent: it is not computed)",
                "\"in_channels\": 4|in_channels: 4 (must be 3: red, green and blue)",
                "\"act_fn\": \"relu\"|act_fn: \"relu\" (must be silu: others are not computed)",
                "\"block_out_channels\": [8, 9]|block_out_channels: [8,9] (must be whole numbers up to 16384 that norm_num_groups"
                        + " divides, 4)",
                "\"block_out_channels\": []|block_out_channels: [] (must be of 1 to 8 levels)",
                "\"down_block_types\": [\"AttnDownEncoderBlock2D\"]|down_block_types: [\"AttnDownEncoderBlock2D\"] (must all be"
                        + " DownEncoderBlock2D: others are not computed)",
                "\"up_block_types\": []|up_block_types: [] (must be as many as block_out_channels, 1)",
                "\"scaling_factor\": 0|scaling_factor: 0 (must be above 0)"
            })
    void refusesWhatItDoesNotCompute(String entry, String message) {
        ObjectNode config = (ObjectNode) Fixtures.parse(
                "{\"block_out_channels\": [8], \"norm_num_groups\": 4, \"down_block_types\": [\"DownEncoderBlock2D\"],"
                        + " \"up_block_types\": [\"UpDecoderBlock2D\"]}");
        config.setAll((ObjectNode) Fixtures.parse("{" + entry + "}"));
        assertThatThrownBy(() -> AutoencoderConfig.of(new ConfigJson(config, "config.json")))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("config.json: " + message);
    }
}
