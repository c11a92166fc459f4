package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Jinja's filters, by their names. Those of lists are {@link ListFilters}. */
final class Filters {
    private static final Pattern WORD = Pattern.compile("\\w++", Pattern.UNICODE_CHARACTER_CLASS);

    private static final Map<String, Callable> ALL = new HashMap<>(ListFilters.ALL);

    static {
        add("abs value", (rendering, given) -> {
            Object value = given.value(0);
            boolean negative = Arithmetic.isNumber(value) && Arithmetic.decimal(value) < 0;
            return negative || !Arithmetic.isNumber(value) ? Arithmetic.negative(value) : value;
        });
        add("attr value name", (rendering, given) -> Access.ownAttribute(given.value(0), given.text(1)));
        add("capitalize value", (rendering, given) -> rendering.made(Text.capitalise(text(given, rendering))));
        add(
                "center value width",
                (rendering, given) ->
                        Text.pad(text(given, rendering), given.whole(1, 80), " ", Text.Side.BOTH, rendering));
        add("default value default_value boolean", (rendering, given) -> {
            Object value = given.value(0);
            boolean absent = value instanceof Undefined || given.flag(2) && !Values.isTrue(value);
            return absent ? given.value(1, "") : value;
        });
        ALL.put("d", ALL.get("default"));
        add("escape value", (rendering, given) -> escaped(text(given, rendering), rendering));
        ALL.put("e", ALL.get("escape"));
        ALL.put("forceescape", ALL.get("escape"));
        add("float value default", (rendering, given) -> Numbers.decimal(given.value(0), given.value(1, 0.0)));
        ALL.put("format", (rendering, arguments) -> {
            Object values =
                    arguments.names().isEmpty() ? new Tuple(arguments.from(1).places()) : arguments.names();
            return Format.percent(Representation.text(arguments.places().get(0), rendering), values, rendering);
        });
        add("indent value width first blank", (rendering, given) -> {
            Object width = given.value(1, Arguments.number(4));
            String before = width instanceof String text ? text : Text.repeat(" ", Arithmetic.index(width), rendering);
            return indented(text(given, rendering), before, given.flag(2), given.flag(3), rendering);
        });
        add(
                "int value default base",
                (rendering, given) ->
                        Numbers.whole(given.value(0), given.value(1, Arguments.number(0)), given.whole(2, 10)));
        add("length value", (rendering, given) -> Arguments.number(Values.length(given.value(0))));
        ALL.put("count", ALL.get("length"));
        add("lower value", (rendering, given) -> rendering.made(Text.lower(text(given, rendering))));
        add(
                "replace value old new count",
                (rendering, given) -> Text.replace(
                        text(given, rendering),
                        Representation.text(given.value(1), rendering),
                        Representation.text(given.value(2), rendering),
                        given.value(3, null) == null ? -1 : given.whole(3, -1),
                        rendering));
        add(
                "round value precision method",
                (rendering, given) -> Numbers.rounded(given.value(0), given.whole(1, 0), given.text(2, "common")));
        add("safe value", (rendering, given) -> text(given, rendering));
        add("string value", (rendering, given) -> text(given, rendering));
        add("title value", (rendering, given) -> rendering.made(titled(text(given, rendering))));
        add("tojson value ensure_ascii indent separators sort_keys", (rendering, given) -> Json.of(given, rendering));
        add("trim value chars", (rendering, given) -> {
            String characters = given.value(1, null) == null ? null : given.text(1);
            return rendering.made(Text.strip(text(given, rendering), characters, Text.Side.BOTH));
        });
        add(
                "truncate value length killwords end leeway",
                (rendering, given) -> truncated(
                        text(given, rendering),
                        given.whole(1, 255),
                        given.flag(2),
                        given.text(3, "..."),
                        given.whole(4, 5)));
        add("upper value", (rendering, given) -> rendering.made(Text.upper(text(given, rendering))));
        add(
                "wordcount value",
                (rendering, given) -> Arguments.number(
                        WORD.matcher(text(given, rendering)).results().count()));
    }

    private Filters() {}

    private static void add(String signature, Callable.Body body) {
        ALL.put(signature.split(" ")[0], Callable.of(signature, body));
    }

    /** A filter of a value. @throws TemplateMistake where there is none of the name */
    static Object apply(String name, Object value, Arguments arguments, Rendering rendering) {
        rendering.step(1);
        rendering.spend(value instanceof String text ? text.length() / TextMethods.OF_CHARACTERS : 0);
        Callable filter = ALL.get(name);
        if (filter == null) {
            throw new TemplateMistake("No filter named '" + name + "'.");
        }
        return filter.call(rendering, arguments.behind(value));
    }

    private static String text(Arguments.Bound given, Rendering rendering) {
        return Representation.text(given.value(0), rendering);
    }

    private static String escaped(String text, Rendering rendering) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&#34;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return rendering.made(escaped.toString());
    }

    /** The filter's own rule, which is not {@code str.title}'s: words begin behind blanks, hyphens and opening brackets. */
    private static String titled(String text) {
        StringBuilder titled = new StringBuilder();
        boolean begins = true;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            String one = Character.toString(point);
            titled.append(begins ? Text.upper(one) : Text.lower(one));
            begins = Text.isSpace(point) || "-({[<".indexOf(point) >= 0;
            i += Character.charCount(point);
        }
        return titled.toString();
    }

    private static String indented(String text, String before, boolean first, boolean blank, Rendering rendering) {
        String lines = Text.lines(text + "\n", false, rendering).stream()
                .map(String.class::cast)
                .map(line -> {
                    rendering.spend(before.length() + line.length());
                    return line.isEmpty() && !blank ? line : before + line;
                })
                .collect(Collectors.joining("\n"));
        int unindented = text.isEmpty() || text.startsWith("\n") ? blank ? before.length() : 0 : before.length();
        return first ? (unindented == 0 ? before : "") + lines : lines.substring(Math.min(unindented, lines.length()));
    }

    private static String truncated(String text, int length, boolean cutsWords, String end, int leeway) {
        if (Text.length(text) <= (long) length + leeway) {
            return text;
        }
        String kept = Text.part(text, 0, Math.max(0, length - Text.length(end)));
        int blank = kept.lastIndexOf(' ');
        return (cutsWords || blank < 0 ? kept : kept.substring(0, blank)) + end;
    }

    /** Values that are gone through once. */
    static Generator generator(ArrayList<Object> items) {
        return new Generator(items.iterator());
    }
}
