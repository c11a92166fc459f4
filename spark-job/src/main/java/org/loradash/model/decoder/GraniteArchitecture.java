package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** Granite 3: a LLaMA with four multipliers, of embeddings, of attention's scores, of what blocks add and of logits. */
public final class GraniteArchitecture implements Architecture {
    @Override
    public String name() {
        return "GraniteForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "granite");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(
                config,
                where,
                "granite",
                Set.of(
                        "attention_bias",
                        "mlp_bias",
                        "embedding_multiplier",
                        "attention_multiplier",
                        "residual_multiplier",
                        "logits_scaling"));
        reader.refuseNull("head_dim");
        DecoderConfig.Sizes sizes = reader.sizes(2048);
        DecoderConfigReader.Heads heads = reader.heads();
        float scale = (float) reader.json().number("attention_multiplier", 1);
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.alike(
                        heads.scaled(scale, OptionalDouble.empty(), OptionalInt.empty()),
                        reader.rotation(heads, sizes.positions(), 10000)),
                Norms.before(reader.epsilon(1e-6)),
                Biases.of(reader.flag("attention_bias"), reader.flag("mlp_bias")),
                Projections.SEPARATE,
                reader.activation(),
                new Multipliers(
                        (float) reader.json().number("embedding_multiplier", 1),
                        (float) reader.json().number("residual_multiplier", 1),
                        (float) (1 / reader.positive("logits_scaling", 1))),
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
