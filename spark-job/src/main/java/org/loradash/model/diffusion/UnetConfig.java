package org.loradash.model.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.loradash.model.ConfigJson;

/**
 * What the config.json of SDXL's U-Net says.
 *
 * @param channels of each level, the finest first
 * @param crosses whether a level's places attend, to each other and to the prompt
 * @param transformers blocks behind each residual block of a level
 * @param heads of a level's attention
 * @param layers residual blocks of a level downwards; upwards there is one more
 * @param latentChannels of latents
 * @param groups of the norms
 * @param promptWidth of a token's states
 * @param conditionWidth of what each of the six numbers about size and crop becomes
 * @param pooledWidth of the whole prompt's state
 * @param latentSides height and width of the latents that it was made for
 */
record UnetConfig(
        List<Integer> channels,
        List<Boolean> crosses,
        List<Integer> transformers,
        List<Integer> heads,
        int layers,
        int latentChannels,
        int groups,
        float epsilon,
        int promptWidth,
        int conditionWidth,
        int pooledWidth,
        List<Integer> latentSides) {
    /** How many numbers say size and crop. */
    static final int CONDITIONS = 6;

    private static final int MOST_LEVELS = 8;
    private static final int MOST_BLOCKS = 64;

    /** Keys whose other values change what is computed, with the only one that is. */
    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry("_class_name", "UNet2DConditionModel"),
            Map.entry("act_fn", "silu"),
            Map.entry("addition_embed_type", "text_time"),
            Map.entry("attention_type", "default"),
            Map.entry("conv_in_kernel", "3"),
            Map.entry("conv_out_kernel", "3"),
            Map.entry("downsample_padding", "1"),
            Map.entry("flip_sin_to_cos", "true"),
            Map.entry("freq_shift", "0"),
            Map.entry("mid_block_type", "UNetMidBlock2DCrossAttn"),
            Map.entry("resnet_time_scale_shift", "default"),
            Map.entry("time_embedding_type", "positional"),
            Map.entry("use_linear_projection", "true"));

    private static final List<String> WITHOUT = List.of(
            "center_input_sample",
            "class_embed_type",
            "class_embeddings_concat",
            "cross_attention_norm",
            "dropout",
            "dual_cross_attention",
            "encoder_hid_dim",
            "encoder_hid_dim_type",
            "mid_block_only_cross_attention",
            "num_attention_heads",
            "num_class_embeds",
            "only_cross_attention",
            "resnet_skip_time_act",
            "reverse_transformer_layers_per_block",
            "time_cond_proj_dim",
            "time_embedding_act_fn",
            "time_embedding_dim",
            "timestep_post_act");

    /** @throws org.loradash.tsd.InvalidInput for what is not allowed, and by name for what is not computed */
    static UnetConfig of(ConfigJson json) {
        json.refuseUnlessWithout(WITHOUT);
        FIXED.forEach((key, only) -> {
            if (!json.word(key, whenAbsent(key, only)).equals(only)) {
                throw json.refused(key, "must be " + only + ": others are not computed");
            }
        });
        for (String key : List.of("mid_block_scale_factor", "resnet_out_scale_factor")) {
            if (json.number(key, 1) != 1) {
                throw json.refused(key, "must be 1: others are not computed");
            }
        }
        List<Integer> channels = numbers(json, "block_out_channels", 0, 1 << 14);
        int levels = channels.size();
        int groups = json.positive("norm_num_groups", Optional.of(32));
        List<Integer> heads = numbers(json, "attention_head_dim", levels, 1 << 10);
        List<Boolean> crosses = crosses(json, "down_block_types", "DownBlock2D", "CrossAttnDownBlock2D", levels);
        List<Boolean> upwards = crosses(json, "up_block_types", "UpBlock2D", "CrossAttnUpBlock2D", levels);
        for (int level = 0; level < levels; level++) {
            if (channels.get(level) % groups != 0 || channels.get(level) % heads.get(level) != 0) {
                throw json.refused(
                        "block_out_channels", "must be multiples of norm_num_groups and of attention_head_dim");
            }
            if (!upwards.get(levels - 1 - level).equals(crosses.get(level))) {
                throw json.refused("up_block_types", "must be those of down_block_types in reverse");
            }
        }
        if (channels.get(0) % 2 != 0) {
            throw json.refused("block_out_channels", "must begin with an even number");
        }
        int layers = json.positive("layers_per_block", Optional.of(2));
        if (layers > MOST_BLOCKS) {
            throw json.refused("layers_per_block", "must be at most " + MOST_BLOCKS);
        }
        int latents = json.positive("in_channels", Optional.of(4));
        if (json.positive("out_channels", Optional.of(4)) != latents) {
            throw json.refused("out_channels", "must be in_channels, " + latents);
        }
        int condition = json.positive("addition_time_embed_dim", Optional.empty());
        int pooled = json.positive("projection_class_embeddings_input_dim", Optional.empty()) - CONDITIONS * condition;
        if (pooled < 1 || condition % 2 != 0) {
            throw json.refused(
                    "projection_class_embeddings_input_dim",
                    "must be more than " + CONDITIONS + " times addition_time_embed_dim, an even number");
        }
        return new UnetConfig(
                channels,
                crosses,
                numbers(json, "transformer_layers_per_block", levels, MOST_BLOCKS),
                heads,
                layers,
                latents,
                groups,
                json.normEpsilon("norm_eps", 1e-5),
                json.positive("cross_attention_dim", Optional.of(1280)),
                condition,
                pooled,
                json.json().hasNonNull("sample_size") ? numbers(json, "sample_size", 2, 1 << 12) : List.of(128, 128));
    }

    /** What diffusers takes where the file does not say; of what SDXL alone has it takes another value. */
    private static String whenAbsent(String key, String only) {
        return switch (key) {
            case "addition_embed_type" -> "absent";
            case "use_linear_projection" -> "false";
            default -> only;
        };
    }

    /** Numbers of a list, or one for every level. */
    private static List<Integer> numbers(ConfigJson json, String key, int levels, int most) {
        JsonNode given = json.json().path(key);
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode number : given.isArray() ? given : List.of(given)) {
            if (!number.isInt() || number.intValue() < 1 || number.intValue() > most) {
                throw json.refused(key, "must be whole numbers from 1 to " + most);
            }
            numbers.add(number.intValue());
        }
        if (!given.isArray() && levels > 0) {
            return IntStream.range(0, levels).mapToObj(i -> numbers.get(0)).toList();
        }
        if (numbers.isEmpty() || numbers.size() > MOST_LEVELS || levels > 0 && numbers.size() != levels) {
            throw json.refused(
                    key,
                    levels > 0
                            ? "must be " + levels + " numbers, or one"
                            : "must be of 1 to " + MOST_LEVELS + " levels");
        }
        return List.copyOf(numbers);
    }

    private static List<Boolean> crosses(ConfigJson json, String key, String plain, String crossing, int levels) {
        List<Boolean> crosses = new ArrayList<>();
        for (JsonNode block : json.json().path(key)) {
            if (!block.asText().equals(plain) && !block.asText().equals(crossing)) {
                throw json.refused(key, "must be of " + plain + " and " + crossing + ": others are not computed");
            }
            crosses.add(block.asText().equals(crossing));
        }
        if (crosses.size() != levels) {
            throw json.refused(key, "must be one a level, " + levels);
        }
        return List.copyOf(crosses);
    }

    /** The width of what a time step becomes. */
    int timeWidth() {
        return 4 * channels.get(0);
    }
}
