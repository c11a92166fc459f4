package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Layer;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** Gemma 3's text models (arXiv 2503.19786): layers with a window turn otherwise than those without, heads are normed. */
public final class Gemma3Architecture implements Architecture {
    @Override
    public String name() {
        return "Gemma3ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "gemma3_text");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(
                config,
                where,
                "gemma3_text",
                Set.of(
                        "attention_bias",
                        "hidden_activation",
                        "sliding_window",
                        "query_pre_attn_scalar",
                        "final_logit_softcapping",
                        "rope_local_base_freq"));
        reader.refuseNull("num_key_value_heads", "head_dim");
        DecoderConfig.Sizes sizes = reader.sizes(131072);
        DecoderConfigReader.Heads heads = reader.heads(OptionalInt.of(4), OptionalInt.of(256));
        float scale = (float) (1 / Math.sqrt(reader.positive("query_pre_attn_scalar", 256)));
        OptionalDouble logitCap = reader.cap("final_logit_softcapping", OptionalDouble.empty());
        RotationReader rotations =
                new RotationReader(reader.json(), heads.width(), sizes.positions(), OptionalInt.empty());
        Rotation whole = rotations.ofFullLayers();
        Rotation local = rotations.ofSlidingLayers();
        reader.refuseNull("sliding_window_pattern");
        int pattern = reader.json().positive("sliding_window_pattern", Optional.of(6));
        IntFunction<OptionalInt> windows =
                reader.windows(reader.window(OptionalInt.of(4096)), layer -> (layer + 1) % pattern != 0);
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.layers(layer -> new Layer(
                        heads.scaled(scale, OptionalDouble.empty(), windows.apply(layer)),
                        Optional.of(windows.apply(layer).isPresent() ? local : whole))),
                new Norms(Norms.Place.AROUND, Norms.OfHeads.EACH, reader.epsilon(1e-6), 1),
                Biases.of(reader.flag("attention_bias"), false),
                Projections.SEPARATE,
                reader.activation("hidden_activation", "gelu_pytorch_tanh"),
                new Multipliers((float) Math.sqrt(sizes.hidden()), 1, 1),
                (float) logitCap.orElse(Double.POSITIVE_INFINITY),
                reader.isTied(true)));
    }
}
