package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** OLMo 2 (arXiv 2501.00656): norms come after attention and feed-forward, and all heads are normed as one. */
public final class Olmo2Architecture implements Architecture {
    @Override
    public String name() {
        return "Olmo2ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "olmo2");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(config, where, "olmo2", Set.of("attention_bias"));
        reader.refuseNull("head_dim");
        DecoderConfig.Sizes sizes = reader.sizes(2048);
        DecoderConfigReader.Heads heads = reader.heads();
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.alike(heads.plain(), reader.rotation(heads, sizes.positions(), 10000)),
                new Norms(Norms.Place.AFTER, Norms.OfHeads.TOGETHER, reader.epsilon(1e-5), 0),
                Biases.of(reader.flag("attention_bias"), false),
                Projections.SEPARATE,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
