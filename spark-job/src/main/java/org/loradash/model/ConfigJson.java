package org.loradash.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * The values of a model's config.json, each within limits.
 *
 * @param where names the file in errors
 */
public record ConfigJson(JsonNode json, String where) {
    /** The most of any size. */
    public static final int LARGEST = 1 << 24;

    /** What it calls the model: the first of its architectures, such as LlamaForCausalLM, or where it names none its model type. */
    public String architecture() {
        return word(json.path("architectures").path(0), word("model_type", ""));
    }

    /** A whole number from 1 to {@link #LARGEST}. */
    public int positive(String key, Optional<Integer> whenAbsent) {
        return whole(key, 1, whenAbsent);
    }

    /** A whole number from the least to {@link #LARGEST}. */
    public int whole(String key, int least, Optional<Integer> whenAbsent) {
        JsonNode node = json.path(key);
        if ((node.isMissingNode() || node.isNull()) && whenAbsent.isPresent()) {
            return whenAbsent.get();
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToInt()
                || node.intValue() < least
                || node.intValue() > LARGEST) {
            throw refused(key, "must be a whole number from " + least + " to " + LARGEST);
        }
        return node.intValue();
    }

    /** A number. */
    public double number(String key, double whenAbsent) {
        return number(json, key, whenAbsent);
    }

    /** A number of an object inside the config. */
    public double number(JsonNode parent, String key, double whenAbsent) {
        JsonNode node = parent.path(key);
        if (node.isMissingNode()) {
            return whenAbsent;
        }
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw InvalidInput.of(where + ": " + key, text(node), "must be a number");
        }
        return node.doubleValue();
    }

    /** A number from 0 to below 1 that a norm adds to a variance. */
    public float normEpsilon(String key, double whenAbsent) {
        double epsilon = number(key, whenAbsent);
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw InvalidInput.of(where + ": " + key, epsilon, "must be from 0 to below 1");
        }
        return (float) epsilon;
    }

    public boolean flag(String key, boolean whenAbsent) {
        JsonNode node = json.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return whenAbsent;
        }
        if (!node.isBoolean()) {
            throw refused(key, "must be true or false");
        }
        return node.booleanValue();
    }

    /** A text as it is written, or something else as JSON. */
    public String word(String key, String whenAbsent) {
        return word(json.path(key), whenAbsent);
    }

    public static String word(JsonNode node, String whenAbsent) {
        if (node.isMissingNode() || node.isNull()) {
            return whenAbsent;
        }
        return Message.oneLine(node.isTextual() ? node.textValue() : node.toString());
    }

    /** Refuses what is asked for and not computed: values other than null, false, 0 and empty ones. */
    public void refuseUnlessWithout(List<String> keys) {
        for (String key : keys) {
            if (!isWithout(json.path(key))) {
                throw refused(key, "must be absent: it is not computed");
            }
        }
    }

    private static boolean isWithout(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || value.isBoolean() && !value.booleanValue()
                || value.isNumber() && value.doubleValue() == 0
                || value.isContainerNode() && value.isEmpty();
    }

    /** A value that is not allowed. */
    public InvalidInput refused(String key, String allowed) {
        return InvalidInput.of(where + ": " + key, text(json.path(key)), allowed);
    }

    public static String text(JsonNode node) {
        return node.isMissingNode() ? "absent" : Message.oneLine(node.toString());
    }
}
