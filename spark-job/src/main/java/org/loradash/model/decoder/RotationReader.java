package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * What configs say of rotary angles: transformers before 5 writes rope_theta and rope_scaling, later rope_parameters; of
 * both the older counts, as in transformers 5.
 *
 * @param headWidth of which all turns, unless it is said that a part does
 * @param positions the longest sequence that the model was made for
 * @param original the longest one of pre-training where nothing says it; nothing for the positions
 */
record RotationReader(ConfigJson config, int headWidth, int positions, OptionalInt original) {
    private static final String ORIGINAL_POSITIONS = "original_max_position_embeddings";
    private static final String FACTOR = "factor";
    private static final String PART = "partial_rotary_factor";
    private static final Set<String> ALWAYS = Set.of("rope_type", "type", "rope_theta", PART);

    /** The keys of each kind, beside those that all have. */
    private static final Map<String, Set<String>> KEYS = Map.of(
            "default", Set.of(),
            "linear", Set.of(FACTOR),
            "dynamic", Set.of(FACTOR),
            "llama3", Set.of(FACTOR, "low_freq_factor", "high_freq_factor", ORIGINAL_POSITIONS),
            "yarn",
                    Set.of(
                            FACTOR,
                            "attention_factor",
                            "beta_fast",
                            "beta_slow",
                            "mscale",
                            "mscale_all_dim",
                            "truncate",
                            ORIGINAL_POSITIONS),
            "longrope", Set.of(FACTOR, "attention_factor", "short_factor", "long_factor", ORIGINAL_POSITIONS));

    /** The rotation of all heads, the whole of which turns. */
    Rotation rotation(double thetaWhenAbsent) {
        return whole(object(), "rope_theta", thetaWhenAbsent);
    }

    /** Phi-3's: a part of each head turns, and two kinds have another name there. */
    Rotation ofPhi() {
        JsonNode rope = object();
        String type = type(rope);
        if (!Set.of("default", "longrope", "su", "yarn").contains(type)) {
            throw InvalidInput.of(config.where() + ": rope_type", type, "must be default or longrope");
        }
        double part = config.number(rope, PART, config.number(PART, 1));
        int width = (int) (headWidth * part);
        if (!(part > 0 && part <= 1) || width < 1) {
            throw InvalidInput.of(config.where() + ": " + PART, part, "must be above 0 and at most 1");
        }
        return rotation(rope, type.equals("default") ? type : "longrope", theta(rope, "rope_theta", 10000), width);
    }

    /** Gemma 3's of layers without a window. */
    Rotation ofFullLayers() {
        // Without full_attention transformers begins with a rope_type, which the older name of it does not replace.
        ObjectNode rope = JsonNodeFactory.instance.objectNode().put("rope_type", "default");
        if (ofKind("full_attention") instanceof ObjectNode given) {
            rope.removeAll().setAll(given);
        }
        if (object("rope_scaling") instanceof ObjectNode scaling) {
            rope.setAll(scaling);
        }
        return whole(rope, "rope_theta", 1e6);
    }

    /** Gemma 3's of layers with a window. */
    Rotation ofSlidingLayers() {
        return whole(ofKind("sliding_attention"), "rope_local_base_freq", 1e4);
    }

    private JsonNode ofKind(String kind) {
        JsonNode both = object("rope_parameters");
        both.fieldNames().forEachRemaining(key -> {
            if (!Set.of("full_attention", "sliding_attention").contains(key)) {
                throw InvalidInput.of(
                        config.where() + ": rope_parameters: " + Message.oneLine(key),
                        ConfigJson.text(both.path(key)),
                        "must be of full_attention or of sliding_attention");
            }
        });
        return object(both, kind);
    }

    private JsonNode object() {
        JsonNode scaling = object("rope_scaling");
        return scaling.isEmpty() ? object("rope_parameters") : scaling;
    }

    private JsonNode object(String key) {
        return object(config.json(), key);
    }

    private JsonNode object(JsonNode parent, String key) {
        JsonNode rope = parent.path(key);
        if (!rope.isObject() && !rope.isMissingNode() && !rope.isNull()) {
            throw InvalidInput.of(config.where() + ": " + key, ConfigJson.text(rope), "must be an object");
        }
        return rope;
    }

    private static String type(JsonNode rope) {
        return ConfigJson.word(rope.path("rope_type"), ConfigJson.word(rope.path("type"), "default"));
    }

    private double theta(JsonNode rope, String key, double whenAbsent) {
        double theta =
                rope.has("rope_theta") ? config.number(rope, "rope_theta", whenAbsent) : config.number(key, whenAbsent);
        if (theta <= 1) {
            throw InvalidInput.of(config.where() + ": " + key, theta, "must be greater than 1");
        }
        return theta;
    }

    /** @param key of the base of the angles where the object has none */
    private Rotation whole(JsonNode rope, String key, double thetaWhenAbsent) {
        if (config.number(rope, PART, config.number(PART, 1)) != 1) {
            throw InvalidInput.of(config.where() + ": " + PART, "not 1", "only 1 is supported");
        }
        return rotation(rope, type(rope), theta(rope, key, thetaWhenAbsent), headWidth);
    }

    private Rotation rotation(JsonNode rope, String type, double theta, int width) {
        if (!KEYS.containsKey(type)) {
            throw InvalidInput.of(
                    config.where() + ": rope_type",
                    type,
                    "must be "
                            + String.join(", ", KEYS.keySet().stream().sorted().toList()));
        }
        refuseOthers(rope, type);
        RotaryScaling scaling =
                switch (type) {
                    case "linear" -> new RotaryScaling.Linear(positive(rope, FACTOR, type));
                    case "dynamic" -> new RotaryScaling.Dynamic(positive(rope, FACTOR, type), positions);
                    case "llama3" -> llama3(rope);
                    case "yarn" -> yarn(rope);
                    case "longrope" -> longRope(rope, (width + 1) / 2);
                    default -> new RotaryScaling.None();
                };
        if (2 * ((width + 1) / 2) > headWidth) {
            throw InvalidInput.of(config.where() + ": head_dim", headWidth, "must be even, for rotary positions");
        }
        if (type.equals("dynamic") && width <= 2) {
            throw InvalidInput.of(config.where() + ": head_dim", headWidth, "must be above 2 for rope_type dynamic");
        }
        return new Rotation(theta, width, scaling);
    }

    private void refuseOthers(JsonNode rope, String type) {
        rope.fieldNames().forEachRemaining(key -> {
            if (!ALWAYS.contains(key) && !KEYS.get(type).contains(key) && rope.hasNonNull(key)) {
                throw InvalidInput.of(
                        config.where() + ": " + Message.oneLine(key),
                        ConfigJson.text(rope.path(key)),
                        "must be absent for rope_type " + type);
            }
        });
    }

    private RotaryScaling llama3(JsonNode rope) {
        double factor = positive(rope, FACTOR, "llama3");
        double low = positive(rope, "low_freq_factor", "llama3");
        double high = positive(rope, "high_freq_factor", "llama3");
        if (!(high > low)) {
            throw InvalidInput.of(
                    config.where() + ": high_freq_factor", high, "must be greater than low_freq_factor, " + low);
        }
        return new RotaryScaling.Llama3(factor, low, high, originalPositions(rope));
    }

    private RotaryScaling yarn(JsonNode rope) {
        int before = originalPositions(rope);
        double factor = rope.has(FACTOR) ? factor(rope, "yarn", before) : positive(rope, FACTOR, "yarn");
        double stretch = attentionFactor(rope, mscale(factor, 1));
        if (rope.hasNonNull("mscale") && rope.hasNonNull("mscale_all_dim") && !rope.hasNonNull("attention_factor")) {
            double one = config.number(rope, "mscale", 0);
            double all = config.number(rope, "mscale_all_dim", 0);
            stretch = one != 0 && all != 0 ? mscale(factor, one) / mscale(factor, all) : stretch;
        }
        double fast = given(rope, "beta_fast", "yarn", 32);
        double slow = given(rope, "beta_slow", "yarn", 1);
        if (!(fast >= slow)) {
            throw InvalidInput.of(config.where() + ": beta_fast", fast, "must be at least beta_slow, " + slow);
        }
        JsonNode truncate = rope.path("truncate");
        if (!truncate.isMissingNode() && !truncate.isBoolean()) {
            throw InvalidInput.of(config.where() + ": truncate", ConfigJson.text(truncate), "must be true or false");
        }
        return new RotaryScaling.Yarn(factor, stretch, fast, slow, truncate.asBoolean(true), before);
    }

    private static double mscale(double factor, double weight) {
        return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }

    private RotaryScaling longRope(JsonNode rope, int pairs) {
        int before = originalPositions(rope);
        double factor = factor(rope, "longrope", before);
        double stretch = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(before));
        return new RotaryScaling.LongRope(
                factors(rope, "short_factor", pairs),
                factors(rope, "long_factor", pairs),
                attentionFactor(rope, stretch),
                before);
    }

    private List<Double> factors(JsonNode rope, String key, int pairs) {
        JsonNode list = rope.path(key);
        List<Double> factors = new ArrayList<>();
        list.forEach(factor -> factors.add(factor.isNumber() ? factor.doubleValue() : Double.NaN));
        boolean allowed = list.isArray()
                && factors.size() == pairs
                && factors.stream().allMatch(factor -> factor > 0 && factor <= ConfigJson.LARGEST);
        if (!allowed) {
            throw InvalidInput.of(
                    config.where() + ": " + key,
                    ConfigJson.text(list),
                    "must be %d positive numbers, one for each pair that turns".formatted(pairs));
        }
        return List.copyOf(factors);
    }

    /** How much longer sequences are than in pre-training: what is said, or what their lengths say. */
    private double factor(JsonNode rope, String type, int before) {
        return given(rope, FACTOR, type, (double) positions / before);
    }

    private double attentionFactor(JsonNode rope, double whenAbsent) {
        return given(rope, "attention_factor", "yarn or longrope", whenAbsent);
    }

    /** A positive number, or what is computed where it is absent or null. */
    private double given(JsonNode rope, String key, String type, double otherwise) {
        return rope.hasNonNull(key) ? positive(rope, key, type) : otherwise;
    }

    /** The longest sequence of pre-training: in the object, or beside it, where Phi-3 always has it. */
    private int originalPositions(JsonNode rope) {
        double outside = config.number(ORIGINAL_POSITIONS, original.isPresent() ? original.getAsInt() : Double.NaN);
        double inside = config.number(rope, ORIGINAL_POSITIONS, Double.isNaN(outside) ? positions : outside);
        boolean agrees = Double.isNaN(outside) || outside == inside;
        if (!agrees || inside != Math.rint(inside) || inside < 2 || inside > ConfigJson.LARGEST) {
            throw InvalidInput.of(
                    config.where() + ": " + ORIGINAL_POSITIONS,
                    inside,
                    "must be one whole number wherever it is given");
        }
        return (int) inside;
    }

    private double positive(JsonNode rope, String key, String type) {
        double value = config.number(rope, key, Double.NaN);
        if (!(value > 0) || value > ConfigJson.LARGEST) {
            throw InvalidInput.of(
                    config.where() + ": " + key,
                    ConfigJson.text(rope.path(key)),
                    "must be a positive number for rope_type " + type);
        }
        return value;
    }
}
