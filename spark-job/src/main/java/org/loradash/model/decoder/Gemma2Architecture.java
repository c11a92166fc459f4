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

/** Gemma 2 (arXiv 2408.00118): caps, windows in every other layer, norms around attention and feed-forward. */
public final class Gemma2Architecture implements Architecture {
    @Override
    public String name() {
        return "Gemma2ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "gemma2");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(
                config,
                where,
                "gemma2",
                Set.of(
                        "attention_bias",
                        "hidden_activation",
                        "sliding_window",
                        "query_pre_attn_scalar",
                        "attn_logit_softcapping",
                        "final_logit_softcapping"));
        reader.refuseNull("num_key_value_heads", "head_dim");
        DecoderConfig.Sizes sizes = reader.sizes(8192);
        DecoderConfigReader.Heads heads = reader.heads(OptionalInt.of(4), OptionalInt.of(256));
        float scale = (float) (1 / Math.sqrt(reader.positive("query_pre_attn_scalar", 256)));
        OptionalDouble cap = reader.cap("attn_logit_softcapping", OptionalDouble.of(50));
        OptionalDouble logitCap = reader.cap("final_logit_softcapping", OptionalDouble.of(30));
        Rotation rotation = reader.rotation(heads, sizes.positions(), 10000);
        IntFunction<OptionalInt> windows = reader.windows(reader.window(OptionalInt.of(4096)), layer -> layer % 2 == 0);
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.layers(
                        layer -> new Layer(heads.scaled(scale, cap, windows.apply(layer)), Optional.of(rotation))),
                new Norms(Norms.Place.AROUND, Norms.OfHeads.NONE, reader.epsilon(1e-6), 1),
                Biases.of(reader.flag("attention_bias"), false),
                Projections.SEPARATE,
                reader.activation("hidden_activation", "gelu_pytorch_tanh"),
                new Multipliers((float) Math.sqrt(sizes.hidden()), 1, 1),
                (float) logitCap.orElse(Double.POSITIVE_INFINITY),
                reader.isTied(true)));
    }
}
