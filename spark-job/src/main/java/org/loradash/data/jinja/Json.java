package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Values as JSON: Python's {@code json.dumps}.
 *
 * @param indent what a line begins with, once a level; null for one line
 * @param between items
 * @param behind keys
 */
record Json(boolean ascii, String indent, String between, String behind, boolean sorted, Rendering rendering) {
    /** @param given the value, then what {@code json.dumps} is told: ensure_ascii, indent, separators, sort_keys */
    static String of(Arguments.Bound given, Rendering rendering) {
        Object indent = given.value(2, null);
        String begin = indent instanceof String text
                ? text
                : indent == null ? null : Text.repeat(" ", Arithmetic.index(indent), rendering);
        List<Object> separators = given.value(3, null) == null ? List.of() : Values.list(given.value(3), rendering);
        if (!separators.isEmpty()
                && (separators.size() != 2 || !separators.stream().allMatch(String.class::isInstance))) {
            throw new TemplateMistake("tojson(): separators must be two texts");
        }
        String between = separators.isEmpty() ? begin == null ? ", " : "," : (String) separators.get(0);
        String behind = separators.isEmpty() ? ": " : (String) separators.get(1);
        StringBuilder out = new StringBuilder();
        new Json(given.flag(1), begin, between, behind, given.flag(4), rendering).append(given.value(0), "\n", out);
        return out.toString();
    }

    private void append(Object value, String line, StringBuilder out) {
        rendering.step(1);
        if (value == null) {
            out.append("null");
        } else if (value instanceof Boolean || value instanceof BigInteger) {
            out.append(value);
        } else if (value instanceof Double number) {
            out.append(decimal(number));
        } else if (value instanceof String text) {
            quoted(text, out);
        } else if (value instanceof List<?> list) {
            items(list, line, out);
        } else if (value instanceof Tuple tuple) {
            items(tuple.items(), line, out);
        } else if (value instanceof Map<?, ?> map) {
            entries(map, line, out);
        } else {
            throw new TemplateMistake("Object of type " + Values.type(value) + " is not JSON serializable");
        }
    }

    private static String decimal(double number) {
        return switch (Representation.decimal(number)) {
            case "nan" -> "NaN";
            case "inf" -> "Infinity";
            case "-inf" -> "-Infinity";
            default -> Representation.decimal(number);
        };
    }

    private void items(List<?> items, String line, StringBuilder out) {
        String inner = indent == null ? "" : line + indent;
        out.append('[');
        String before = inner;
        for (Object item : items) {
            rendering.spend(before.length());
            out.append(before);
            append(item, inner, out);
            before = between + inner;
        }
        out.append(items.isEmpty() || indent == null ? "" : line).append(']');
    }

    private void entries(Map<?, ?> map, String line, StringBuilder out) {
        String inner = indent == null ? "" : line + indent;
        out.append('{');
        String before = inner;
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sorted) {
            entries.sort(Comparator.comparing(entry -> key(entry.getKey())));
        }
        for (Map.Entry<?, ?> entry : entries) {
            rendering.spend(before.length());
            out.append(before);
            quoted(key(entry.getKey()), out);
            out.append(behind);
            append(entry.getValue(), inner, out);
            before = between + inner;
        }
        out.append(map.isEmpty() || indent == null ? "" : line).append('}');
    }

    private static String key(Object key) {
        if (key instanceof String text) {
            return text;
        }
        if (key == null || key instanceof Boolean) {
            return String.valueOf(key);
        }
        if (key instanceof Double number) {
            return decimal(number);
        }
        if (key instanceof BigInteger) {
            return key.toString();
        }
        throw new TemplateMistake("keys must be str, int, float, bool or None, not " + Values.type(key));
    }

    private void quoted(String text, StringBuilder out) {
        rendering.spend(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || ascii && c > '~') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
