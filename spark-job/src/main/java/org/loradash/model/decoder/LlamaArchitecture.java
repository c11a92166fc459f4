package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** LLaMA (arXiv 2302.13971) as transformers' LlamaForCausalLM lays it out. */
public final class LlamaArchitecture implements Architecture {
    @Override
    public String name() {
        return "LlamaForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "llama");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader =
                DecoderConfigReader.of(config, where, "llama", Set.of("attention_bias", "mlp_bias"));
        DecoderConfig.Sizes sizes = reader.sizes(2048);
        DecoderConfigReader.Heads heads = reader.heads();
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.alike(heads.plain(), reader.rotation(heads, sizes.positions(), 10000)),
                Norms.before(reader.epsilon(1e-6)),
                Biases.of(reader.flag("attention_bias"), reader.flag("mlp_bias")),
                Projections.SEPARATE,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
