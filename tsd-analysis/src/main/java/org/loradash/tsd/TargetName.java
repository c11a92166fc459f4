package org.loradash.tsd;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a linear layer in a model, such as {@code model.layers.3.self_attn.q_proj}.
 *
 * @param text the whole name
 */
public record TargetName(String text) {
    private static final Pattern LAYER = Pattern.compile("(?:^|\\.)(\\d{1,9})(?=\\.)");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final String WEIGHT = ".weight";

    /** Last parts that many layers of one block share, so that they do not say which one it is. */
    private static final Set<String> UNTELLING = Set.of("dense", "proj", "linear", "layer");

    /** Lists of whole blocks, whose numbers say which block it is and not which layer. */
    private static final Set<String> BLOCKS = Set.of("layers", "layer", "blocks", "block", "h");

    /** Whether it belongs to a block: there is a number in the name. */
    public boolean isInBlock() {
        return LAYER.matcher(text).find();
    }

    /** The first number in the name, the block that the layer belongs to; 0 where there is none. */
    public int layer() {
        Matcher number = LAYER.matcher(text);
        return number.find() ? Integer.parseInt(number.group(1)) : 0;
    }

    /**
     * What the layer is within its block: the last part of the name, {@code q_proj}. Where that is a number or says
     * nothing, as in {@code encoder.layer.3.attention.output.dense}, the parts before it are taken too, and of a number
     * in a list of layers, as in {@code ff.net.0.proj}, the list's name.
     */
    public String kind() {
        List<String> parts = List.of(text.split("\\."));
        int first = parts.size() - 1;
        if (isTelling(parts.get(first))) {
            return parts.get(first);
        }
        if (UNTELLING.contains(parts.get(first))) {
            while (first > 0 && !isNumber(parts.get(first - 1))) {
                first--;
            }
            if (first == parts.size() - 1 && first > 1 && !BLOCKS.contains(parts.get(first - 2))) {
                first -= 2;
            }
        } else {
            first = Math.max(0, first - 1);
        }
        return String.join(".", parts.subList(first, parts.size()));
    }

    /** The name of the layer's weight in a model's files. */
    public String weight() {
        return text + WEIGHT;
    }

    /** Whether that is the name of a layer's weight. */
    public static boolean isWeight(String tensor) {
        return tensor.endsWith(WEIGHT) && tensor.length() > WEIGHT.length();
    }

    /** The layer of a weight's name. */
    public static TargetName ofWeight(String tensor) {
        return new TargetName(tensor.substring(0, tensor.length() - WEIGHT.length()));
    }

    private static boolean isTelling(String part) {
        return !UNTELLING.contains(part) && !isNumber(part);
    }

    private static boolean isNumber(String part) {
        return NUMBER.matcher(part).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
