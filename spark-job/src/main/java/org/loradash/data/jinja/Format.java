package org.loradash.data.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts with places for values: Python's {@code %} operator and {@code str.format}, without its attributes and forms. */
final class Format {
    private static final Pattern PERCENT =
            Pattern.compile("%(?:\\((\\w++)\\))?([-0 +]*)(\\d{1,3})?(?:\\.(\\d{1,2}))?([sdrifgxX%])");
    private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*+)\\}|[{}]");

    private Format() {}

    /** @param values one, or a tuple of them, or a dictionary */
    static String percent(String text, Object values, Rendering rendering) {
        List<Object> places = values instanceof Tuple tuple ? tuple.items() : Collections.singletonList(values);
        StringBuilder out = new StringBuilder();
        Matcher found = PERCENT.matcher(text);
        int at = 0;
        int next = 0;
        for (int percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
            if (!found.region(percent, text.length()).lookingAt()) {
                throw new TemplateMistake("unsupported format character");
            }
            out.append(text, at, percent);
            at = found.end();
            if (found.group(5).equals("%")) {
                out.append('%');
                continue;
            }
            Object value;
            if (found.group(1) != null) {
                value = values instanceof Map<?, ?> map ? map.get(found.group(1)) : null;
            } else if (next == places.size()) {
                throw new TemplateMistake("not enough arguments for format string");
            } else {
                value = places.get(next++);
            }
            out.append(rendering.made(one(found, value, rendering)));
        }
        if (next < places.size() && !(values instanceof Map<?, ?>)) {
            throw new TemplateMistake("not all arguments converted during string formatting");
        }
        return rendering.made(out.append(text, at, text.length()).toString());
    }

    private static String one(Matcher found, Object value, Rendering rendering) {
        String flags = found.group(2);
        int width = found.group(3) == null ? 0 : Integer.parseInt(found.group(3));
        String precision = found.group(4) == null ? "" : "." + found.group(4);
        char kind = found.group(5).charAt(0);
        if (kind == 's' || kind == 'r') {
            StringBuilder text = new StringBuilder();
            if (kind == 's') {
                text.append(Representation.text(value, rendering));
            } else {
                Representation.append(value, text, rendering);
            }
            String cut = precision.isEmpty()
                    ? text.toString()
                    : text.substring(0, Math.min(text.length(), Integer.parseInt(precision.substring(1))));
            return Text.pad(cut, width, " ", flags.contains("-") ? Text.Side.END : Text.Side.BEGIN, rendering);
        }
        if (!Arithmetic.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.used()
                    : new TemplateMistake("%" + kind + " format: a real number is required, not " + Values.type(value));
        }
        String number =
                switch (kind) {
                    case 'f' -> String.format(
                            Locale.ROOT,
                            "%" + (precision.isEmpty() ? ".6" : precision) + "f",
                            Arithmetic.decimal(value));
                    case 'g' -> Representation.decimal(Arithmetic.decimal(value))
                            .replaceFirst("\\.0$", "");
                    default -> {
                        String digits = new BigDecimal(Representation.text(
                                        value instanceof Boolean ? Arithmetic.whole(value) : value, rendering))
                                .toBigInteger()
                                .toString(kind == 'x' || kind == 'X' ? 16 : 10);
                        yield kind == 'X' ? Text.upper(digits) : digits;
                    }
                };
        String sign = number.startsWith("-") ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        String digits = number.startsWith("-") ? number.substring(1) : number;
        if (flags.contains("0") && !flags.contains("-")) {
            return sign + Text.pad(digits, width - sign.length(), "0", Text.Side.BEGIN, rendering);
        }
        return Text.pad(sign + digits, width, " ", flags.contains("-") ? Text.Side.END : Text.Side.BEGIN, rendering);
    }

    static String braces(String text, Arguments arguments, Rendering rendering) {
        StringBuilder out = new StringBuilder();
        List<Object> places = new ArrayList<>(arguments.places());
        Matcher found = BRACES.matcher(text);
        int at = 0;
        int next = 0;
        while (found.find()) {
            out.append(text, at, found.start());
            at = found.end();
            String name = found.group(1);
            if (name == null) {
                if (found.group().length() == 1) {
                    throw new TemplateMistake("format(): a brace that is none of {}, {0} and {name}");
                }
                out.append(found.group().charAt(0));
                continue;
            }
            boolean numbered = name.isEmpty() || name.matches("\\d{1,4}");
            int index = numbered && !name.isEmpty() ? Integer.parseInt(name) : next++;
            if (numbered ? index >= places.size() : !arguments.names().containsKey(name)) {
                throw new TemplateMistake("format(): no value for {" + name + "}");
            }
            Object value = numbered ? places.get(index) : arguments.names().get(name);
            out.append(rendering.made(Representation.text(value, rendering)));
        }
        return rendering.made(out.append(text, at, text.length()).toString());
    }
}
