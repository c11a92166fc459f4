package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
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

/** Qwen2 and Qwen2.5 (arXiv 2407.10671, 2412.15115): queries, keys and values have biases. */
public final class Qwen2Architecture implements Architecture {
    @Override
    public String name() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "qwen2");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader =
                DecoderConfigReader.of(config, where, "qwen2", Set.of("sliding_window", "use_sliding_window"));
        reader.refuseNull("head_dim");
        DecoderConfig.Sizes sizes = reader.sizes(32768);
        DecoderConfigReader.Heads heads = reader.heads(OptionalInt.of(32), OptionalInt.empty());
        Rotation rotation = reader.rotation(heads, sizes.positions(), 10000);
        IntFunction<OptionalInt> windows = reader.windowsInUse();
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.layers(layer -> new Layer(heads.within(windows.apply(layer)), Optional.of(rotation))),
                Norms.before(reader.epsilon(1e-6)),
                new Biases(true, false, false),
                Projections.SEPARATE,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(false)));
    }
}
