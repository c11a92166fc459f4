package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderConfig.Biases;
import org.loradash.model.decoder.DecoderConfig.Layer;
import org.loradash.model.decoder.DecoderConfig.Multipliers;
import org.loradash.model.decoder.DecoderConfig.Norms;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** SmolLM3: some layers do not turn queries and keys (arXiv 2501.18795); a window is theirs alone. */
public final class SmolLm3Architecture implements Architecture {
    @Override
    public String name() {
        return "SmolLM3ForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        return DecoderConfigReader.isOf(config, name(), "smollm3");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        DecoderConfigReader reader = DecoderConfigReader.of(
                config,
                where,
                "smollm3",
                Set.of(
                        "attention_bias",
                        "mlp_bias",
                        "sliding_window",
                        "use_sliding_window",
                        "no_rope_layers",
                        "no_rope_layer_interval"));
        reader.refuseNull("head_dim", "use_sliding_window");
        DecoderConfig.Sizes sizes = reader.sizes(32768);
        DecoderConfigReader.Heads heads = reader.heads(OptionalInt.of(4), OptionalInt.empty());
        Optional<Rotation> rotation = Optional.of(reader.rotation(heads, sizes.positions(), 2e6));
        IntPredicate turns = turns(reader);
        OptionalInt window = reader.window(OptionalInt.empty());
        boolean inUse = reader.flag("use_sliding_window") && window.isPresent();
        IntFunction<OptionalInt> windows = reader.windows(window, layer -> inUse && !turns.test(layer));
        return reader.shape(new DecoderConfig(
                sizes,
                heads.width(),
                reader.layers(layer ->
                        new Layer(heads.within(windows.apply(layer)), rotation.filter(any -> turns.test(layer)))),
                Norms.before(reader.epsilon(1e-6)),
                Biases.of(reader.flag("attention_bias"), reader.flag("mlp_bias")),
                Projections.SEPARATE,
                reader.activation(),
                Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                reader.isTied(true)));
    }

    /** Which layers turn: those with a 1 in no_rope_layers, or all but each fourth. */
    private static IntPredicate turns(DecoderConfigReader reader) {
        reader.refuseNull("no_rope_layer_interval");
        JsonNode layers = reader.json().json().path("no_rope_layers");
        int interval = reader.json().positive("no_rope_layer_interval", Optional.of(4));
        if (layers.isMissingNode() || layers.isNull()) {
            return layer -> (layer + 1) % interval != 0;
        }
        boolean allowed = layers.isArray() && layers.size() >= reader.layerCount();
        for (JsonNode layer : layers) {
            allowed &= layer.isInt() && (layer.intValue() == 0 || layer.intValue() == 1);
        }
        if (!allowed) {
            throw reader.json()
                    .refused(
                            "no_rope_layers",
                            "must be a list of 0 or 1 for each of %d layers".formatted(reader.layerCount()));
        }
        return layer -> layers.get(layer).intValue() == 1;
    }
}
