package org.loradash.data.jinja;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions that a template finds: Jinja's that are of use in chats, and those that transformers adds. */
final class Globals {
    /** The sandbox's own. */
    private static final int LONGEST_RANGE = 100_000;

    static final Map<String, Object> ALL = Map.of(
            "range", (Callable) (rendering, arguments) -> range(arguments, rendering),
            "dict", (Callable) (rendering, arguments) -> dictionary(arguments, rendering),
            "namespace",
                    (Callable) (rendering, arguments) -> {
                        Namespace namespace = new Namespace(new LinkedHashMap<>());
                        dictionary(arguments, rendering)
                                .forEach((name, value) -> namespace.set(Representation.text(name, rendering), value));
                        return namespace;
                    },
            "raise_exception",
                    Callable.of("raise_exception message", (rendering, given) -> {
                        throw new TemplateMistake(Representation.text(given.value(0), rendering));
                    }),
            "strftime_now",
                    Callable.of(
                            "strftime_now format",
                            (rendering, given) -> rendering.made(formatted(rendering.now(), given.text(0)))),
            "joiner",
                    (Callable) (rendering, arguments) -> {
                        Object between = arguments.bind("joiner", "sep").value(0, ", ");
                        boolean[] begun = {false};
                        return Callable.of("joiner", (again, given) -> {
                            Object text = begun[0] ? between : "";
                            begun[0] = true;
                            return text;
                        });
                    });

    private Globals() {}

    private static List<Object> range(Arguments arguments, Rendering rendering) {
        Arguments.Bound given = arguments.bind("range", "start", "stop", "step");
        int first = given.whole(0, 0);
        int from = given.has(1) ? first : 0;
        int to = given.has(1) ? given.whole(1, 0) : first;
        int step = given.whole(2, 1);
        if (step == 0) {
            throw new TemplateMistake("range() arg 3 must not be zero");
        }
        long length = Math.max(0, ((long) to - from + step - Integer.signum(step)) / step);
        if (length > LONGEST_RANGE) {
            throw new TemplateMistake(
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + LONGEST_RANGE + ").");
        }
        rendering.step(length);
        List<Object> numbers = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            numbers.add(Arguments.number(from + i * step));
        }
        return numbers;
    }

    private static Map<Object, Object> dictionary(Arguments arguments, Rendering rendering) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        Object first = arguments.bindFirst("dict");
        if (first instanceof Map<?, ?> map) {
            entries.putAll(map);
        } else {
            for (Object pair : Values.list(first, rendering)) {
                List<Object> both = Values.list(pair, rendering);
                if (both.size() != 2) {
                    throw new TemplateMistake("dict() takes pairs of keys and values");
                }
                entries.put(Values.key(both.get(0)), both.get(1));
            }
        }
        entries.putAll(arguments.names());
        return entries;
    }

    /** {@code datetime.strftime} with the forms of the C standard, in English. */
    private static String formatted(LocalDateTime now, String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char form = format.charAt(++i);
            boolean plain = form == '-' && i + 1 < format.length();
            String text = part(now, plain ? format.charAt(++i) : form);
            out.append(plain ? text.replaceFirst("^0+(?=\\d)", "") : text);
        }
        return out.toString();
    }

    private static String part(LocalDateTime now, char form) {
        int sundays = (now.getDayOfYear() + 6 - now.getDayOfWeek().getValue() % 7) / 7;
        return switch (form) {
            case 'Y' -> String.valueOf(now.getYear());
            case 'y' -> two(now.getYear() % 100);
            case 'm' -> two(now.getMonthValue());
            case 'd' -> two(now.getDayOfMonth());
            case 'e' -> String.format(Locale.ROOT, "%2d", now.getDayOfMonth());
            case 'H' -> two(now.getHour());
            case 'I' -> two((now.getHour() + 11) % 12 + 1);
            case 'M' -> two(now.getMinute());
            case 'S' -> two(now.getSecond());
            case 'f' -> String.format(Locale.ROOT, "%06d", now.getNano() / 1000);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'u' -> String.valueOf(now.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            case 'j' -> String.format(Locale.ROOT, "%03d", now.getDayOfYear());
            case 'U' -> two(sundays);
            case 'V' -> two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'F' -> formatted(now, "%Y-%m-%d");
            case 'D', 'x' -> formatted(now, "%m/%d/%y");
            case 'T', 'X' -> formatted(now, "%H:%M:%S");
            case 'R' -> formatted(now, "%H:%M");
            case 'c' -> formatted(now, "%a %b %e %H:%M:%S %Y");
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + form;
        };
    }

    private static String two(int number) {
        return String.format(Locale.ROOT, "%02d", number);
    }
}
