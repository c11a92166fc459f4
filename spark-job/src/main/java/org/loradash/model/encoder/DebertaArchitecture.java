package org.loradash.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.loradash.autograd.RelativePositions;
import org.loradash.model.Architecture;
import org.loradash.model.ConfigJson;
import org.loradash.model.Shape;

/** DeBERTaV2 and V3 (arXiv 2006.03654, 2111.09543): attention to contents and to distances. */
public final class DebertaArchitecture implements Architecture {
    private static final EncoderNames NAMES = new EncoderNames(
            "DebertaV2", "deberta", "query_proj", "key_proj", "value_proj", "pooler.dense", "classifier");

    @Override
    public String name() {
        return "DebertaV2ForSequenceClassification";
    }

    @Override
    public boolean reads(JsonNode config) {
        return EncoderConfigReader.isOf(config, "deberta-v2", "DebertaV2");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        EncoderConfigReader reader = new EncoderConfigReader(config, where);
        ConfigJson json = reader.json();
        reader.refuseOthers();
        json.refuseUnlessWithout(List.of("conv_kernel_size"));
        int width =
                json.positive("hidden_size", Optional.empty()) / json.positive("num_attention_heads", Optional.empty());
        if (json.positive("attention_head_size", Optional.of(width)) != width) {
            throw json.refused("attention_head_size", "must be hidden_size / num_attention_heads, " + width);
        }
        return reader.shape(
                NAMES,
                new EncoderConfigReader.Positions(json.flag("position_biased_input", true), 0),
                json.whole("type_vocab_size", 0, Optional.of(0)),
                1e-7,
                relative(json),
                reader.activation("pooler_hidden_act", "gelu"));
    }

    private static Optional<EncoderConfig.Relative> relative(ConfigJson json) {
        if (!json.flag("relative_attention", false)) {
            throw json.refused("relative_attention", "only true is supported");
        }
        Set<String> kinds = kinds(json);
        double given = json.number("max_relative_positions", -1);
        int most = given < 1
                ? json.positive("max_position_embeddings", Optional.of(512))
                : json.positive("max_relative_positions", Optional.empty());
        double buckets = json.number("position_buckets", -1);
        return Optional.of(new EncoderConfig.Relative(
                positions(json, buckets < 1 ? -1 : json.positive("position_buckets", Optional.empty()), most),
                kinds.contains("c2p"),
                kinds.contains("p2c"),
                json.flag("share_att_key", false),
                isNormed(json)));
    }

    private static boolean isNormed(ConfigJson json) {
        String given = json.word("norm_rel_ebd", "none").toLowerCase(Locale.ROOT);
        return Stream.of(given.split("\\|")).map(String::strip).anyMatch("layer_norm"::equals);
    }

    private static RelativePositions positions(ConfigJson json, int buckets, int most) {
        try {
            return new RelativePositions(buckets, most);
        } catch (IllegalArgumentException unfit) {
            throw json.refused(
                    "position_buckets", "must be at least 2, and half of them below max_relative_positions, " + most);
        }
    }

    /** "p2c|c2p" as it is published, a list as transformers saves it. */
    private static Set<String> kinds(ConfigJson json) {
        JsonNode given = json.json().path("pos_att_type");
        Set<String> kinds = new TreeSet<>();
        if (given.isArray()) {
            given.forEach(kind -> kinds.add(kind.asText()));
        } else if (given.isTextual()) {
            kinds.addAll(List.of(given.textValue().split("\\|")));
        }
        kinds.remove("");
        if (kinds.isEmpty() || !Set.of("c2p", "p2c").containsAll(kinds)) {
            throw json.refused("pos_att_type", "must be c2p, p2c or both");
        }
        return kinds;
    }
}
