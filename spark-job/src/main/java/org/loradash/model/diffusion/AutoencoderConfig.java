package org.loradash.model.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.loradash.model.ConfigJson;

/**
 * What the config.json of an AutoencoderKL says.
 *
 * @param channels of each level, the finest first; a level has half the side of the one before
 * @param layers residual blocks of a level of the encoder; the decoder has one more
 * @param latentChannels of latents
 * @param groups of the norms
 * @param attention whether the places of the coarsest level attend to each other
 * @param scale what latents are multiplied by for the U-Net
 * @param convolvesMoments whether a 1 x 1 convolution follows the encoder
 * @param convolvesLatents whether one precedes the decoder
 */
record AutoencoderConfig(
        List<Integer> channels,
        int layers,
        int latentChannels,
        int groups,
        boolean attention,
        float scale,
        boolean convolvesMoments,
        boolean convolvesLatents) {
    static final float EPSILON = 1e-6f;
    private static final int MOST_LEVELS = 8;

    /** @throws org.loradash.tsd.InvalidInput for what is not allowed, and by name for what is not computed */
    static AutoencoderConfig of(ConfigJson json) {
        json.refuseUnlessWithout(List.of("shift_factor", "latents_mean", "latents_std"));
        for (String side : List.of("in_channels", "out_channels")) {
            if (json.positive(side, Optional.of(3)) != 3) {
                throw json.refused(side, "must be 3: red, green and blue");
            }
        }
        if (!json.word("act_fn", "silu").matches("silu|swish")) {
            throw json.refused("act_fn", "must be silu: others are not computed");
        }
        List<Integer> channels = new ArrayList<>();
        int groups = json.positive("norm_num_groups", Optional.of(32));
        for (JsonNode level : json.json().path("block_out_channels")) {
            if (!level.isInt()
                    || level.intValue() < 1
                    || level.intValue() > 1 << 14
                    || level.intValue() % groups != 0) {
                throw json.refused(
                        "block_out_channels",
                        "must be whole numbers up to 16384 that norm_num_groups divides, " + groups);
            }
            channels.add(level.intValue());
        }
        if (channels.isEmpty() || channels.size() > MOST_LEVELS) {
            throw json.refused("block_out_channels", "must be of 1 to " + MOST_LEVELS + " levels");
        }
        checkBlocks(json, "down_block_types", "DownEncoderBlock2D", channels.size());
        checkBlocks(json, "up_block_types", "UpDecoderBlock2D", channels.size());
        double scale = json.number("scaling_factor", 0.18215);
        if (!(scale > 0)) {
            throw json.refused("scaling_factor", "must be above 0");
        }
        return new AutoencoderConfig(
                List.copyOf(channels),
                json.positive("layers_per_block", Optional.of(1)),
                json.positive("latent_channels", Optional.of(4)),
                groups,
                json.flag("mid_block_add_attention", true),
                (float) scale,
                json.flag("use_quant_conv", true),
                json.flag("use_post_quant_conv", true));
    }

    private static void checkBlocks(ConfigJson json, String key, String allowed, int levels) {
        int count = 0;
        for (JsonNode block : json.json().path(key)) {
            if (!block.asText().equals(allowed)) {
                throw json.refused(key, "must all be " + allowed + ": others are not computed");
            }
            count++;
        }
        if (count != levels) {
            throw json.refused(key, "must be as many as block_out_channels, " + levels);
        }
    }

    /** The side of a picture in places of its latents. */
    int reduction() {
        return 1 << (channels.size() - 1);
    }
}
