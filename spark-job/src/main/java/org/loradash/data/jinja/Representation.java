package org.loradash.data.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Values as texts: {@code str} and {@code repr} of Python. */
final class Representation {
    private static final int MOST_DIGITS = 17;
    private static final int LEAST_EXPONENT = -4;
    private static final int MOST_EXPONENT = 16;

    private Representation() {}

    /** What is written of a value. */
    static String text(Object value, Rendering rendering) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Undefined) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        append(value, out, rendering);
        return out.toString();
    }

    /** A key or another small value in a message. */
    static String of(Object value) {
        StringBuilder out = new StringBuilder();
        append(value, out, new Rendering(null));
        return out.toString();
    }

    static void append(Object value, StringBuilder out, Rendering rendering) {
        rendering.step(1);
        if (value == null) {
            out.append("None");
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof Double number) {
            out.append(decimal(number));
        } else if (value instanceof String text) {
            rendering.spend(text.length());
            quoted(text, out);
        } else if (value instanceof List<?> list) {
            items(list, "[", "]", out, rendering);
        } else if (value instanceof Tuple tuple) {
            items(tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", out, rendering);
        } else if (value instanceof Map<?, ?> map) {
            String between = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(between);
                append(entry.getKey(), out, rendering);
                out.append(": ");
                append(entry.getValue(), out, rendering);
                between = ", ";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Namespace namespace) {
            out.append("<Namespace ");
            append(namespace.names(), out, rendering);
            out.append('>');
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value instanceof Callable || value instanceof Generator || value instanceof Loop) {
            out.append('<').append(Values.type(value)).append('>');
        } else {
            out.append(value);
        }
    }

    private static void items(List<?> items, String begin, String end, StringBuilder out, Rendering rendering) {
        out.append(begin);
        String between = "";
        for (Object item : items) {
            out.append(between);
            append(item, out, rendering);
            between = ", ";
        }
        out.append(end);
    }

    /** The shortest digits that read back as the number; Java 17's own are longer at times (JDK-4511638). */
    static String decimal(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(number);
        BigDecimal shortest = exact;
        for (int digits = 1; digits <= MOST_DIGITS; digits++) {
            shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (shortest.doubleValue() == number) {
                break;
            }
        }
        String digits = shortest.unscaledValue().abs().toString().replaceFirst("0+$", "");
        int exponent = shortest.precision() - shortest.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < LEAST_EXPONENT || exponent >= MOST_EXPONENT) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return sign
                    + digits.charAt(0)
                    + fraction
                    + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        String plain = shortest.abs().stripTrailingZeros().toPlainString();
        return sign + plain + (plain.contains(".") ? "" : ".0");
    }

    private static void quoted(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (point == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        String form = point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
                        out.append(String.format(Locale.ROOT, form, point));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }
}
