package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;
import java.util.Set;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** Mistral (arXiv 2310.06825): a LLaMA whose every layer has a window, unless its config says none. */
public final class MistralArchitecture implements Architecture {
    @Override
    public String name() {
        return "MistralForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "mistral");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(config, where, "mistral", Set.of("sliding_window"));
        reader.refuseNull("num_key_value_heads");
        DecoderConfig.Sizes sizes = reader.sizes(131072);
        DecoderConfigReader.Heads heads = reader.heads(OptionalInt.of(8), OptionalInt.empty());
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.alike(
                        heads.within(reader.window(OptionalInt.of(4096))),
                        reader.rotation(heads, sizes.positions(), 10000)),
                Norms.before(reader.epsilon(1e-6)),
                Biases.NONE,
                Projections.SEPARATE,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
