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

/** Phi-3 and Phi-4 (arXiv 2404.14219, 2412.08905): fused layers, and a part of each head turns. */
public final class Phi3Architecture implements Architecture {
    @Override
    public String name() {
        return "Phi3ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "phi3");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader =
                DecoderConfigReader.of(config, where, "phi3", Set.of("sliding_window", "resid_pdrop", "auto_map"));
        reader.refuseNull("head_dim", "partial_rotary_factor", "original_max_position_embeddings");
        if (reader.json().number("resid_pdrop", 0) != 0) {
            throw reader.json().refused("resid_pdrop", "only 0 is supported");
        }
        DecoderConfig.Sizes sizes = reader.sizes(4096);
        DecoderConfigReader.Heads heads = reader.heads();
        Rotation rotation =
                new RotationReader(reader.json(), heads.width(), sizes.positions(), OptionalInt.of(4096)).ofPhi();
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.alike(heads.within(reader.window(OptionalInt.empty())), rotation),
                Norms.before(reader.epsilon(1e-5)),
                Biases.NONE,
                Projections.FUSED,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
