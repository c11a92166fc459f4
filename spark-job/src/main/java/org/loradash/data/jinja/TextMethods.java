package org.loradash.data.jinja;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.loradash.data.jinja.Text.Side;

/** Methods of Python's {@code str}. */
final class TextMethods {
    /** Characters that a method looks at in the time that one takes to be made. */
    static final int OF_CHARACTERS = 16;

    private TextMethods() {}

    /** A method; null where there is none of the name. */
    static Callable of(String text, String name) {
        Callable method = named(text, name);
        return method == null
                ? null
                : (rendering, arguments) -> {
                    rendering.spend(text.length() / OF_CHARACTERS);
                    return method.call(rendering, arguments);
                };
    }

    private static Callable named(String text, String name) {
        return switch (name) {
            case "strip" -> strip(text, name, Side.BOTH);
            case "lstrip" -> strip(text, name, Side.BEGIN);
            case "rstrip" -> strip(text, name, Side.END);
            case "lower", "casefold" -> made(name, () -> Text.lower(text));
            case "upper" -> made(name, () -> Text.upper(text));
            case "title" -> made(name, () -> Text.title(text));
            case "capitalize" -> made(name, () -> Text.capitalise(text));
            case "swapcase" -> made(name, () -> swapped(text));
            case "startswith" -> Callable.of("startswith prefix start", (rendering, given) -> {
                String from = given.has(1) ? from(text, given.whole(1, 0)) : text;
                return any(given.value(0), from::startsWith);
            });
            case "endswith" -> Callable.of(
                    "endswith suffix", (rendering, given) -> any(given.value(0), text::endsWith));
            case "removeprefix" -> Callable.of(
                    "removeprefix prefix",
                    (rendering, given) -> text.startsWith(given.text(0))
                            ? text.substring(given.text(0).length())
                            : text);
            case "removesuffix" -> Callable.of(
                    "removesuffix suffix",
                    (rendering, given) -> text.endsWith(given.text(0))
                            ? text.substring(0, text.length() - given.text(0).length())
                            : text);
            case "replace" -> Callable.of(
                    "replace old new count",
                    (rendering, given) ->
                            Text.replace(text, given.text(0), given.text(1), given.whole(2, -1), rendering));
            case "split" -> Callable.of("split sep maxsplit", (rendering, given) -> {
                rendering.made(text);
                return Text.split(text, separator(given), given.whole(1, -1), rendering);
            });
            case "rsplit" -> Callable.of("rsplit sep maxsplit", (rendering, given) -> {
                rendering.made(text);
                return Text.splitFromEnd(text, separator(given), given.whole(1, -1), rendering);
            });
            case "splitlines" -> Callable.of("splitlines keepends", (rendering, given) -> {
                rendering.made(text);
                return Text.lines(text, given.flag(0), rendering);
            });
            case "partition" -> Callable.of(
                    "partition sep", (rendering, given) -> partition(text, given.text(0), rendering));
            case "rpartition" -> Callable.of(
                    "rpartition sep", (rendering, given) -> partitionLast(text, given.text(0)));
            case "join" -> Callable.of("join iterable", (rendering, given) -> joined(text, given.value(0), rendering));
            case "find" -> Callable.of(
                    "find sub", (rendering, given) -> Arguments.number(find(text, given.text(0), rendering)));
            case "index" -> Callable.of("index sub", (rendering, given) -> {
                int found = find(text, given.text(0), rendering);
                if (found < 0) {
                    throw new TemplateMistake("substring not found");
                }
                return Arguments.number(found);
            });
            case "rfind" -> Callable.of("rfind sub", (rendering, given) -> {
                int found = lastIndex(text, given.text(0));
                return Arguments.number(found < 0 ? found : text.codePointCount(0, found));
            });
            case "count" -> Callable.of(
                    "count sub", (rendering, given) -> Arguments.number(count(text, given.text(0), rendering)));
            case "center" -> pad(text, name, Side.BOTH);
            case "rjust" -> pad(text, name, Side.BEGIN);
            case "ljust" -> pad(text, name, Side.END);
            case "zfill" -> Callable.of("zfill width", (rendering, given) -> {
                boolean signed = text.startsWith("-") || text.startsWith("+");
                String sign = signed ? text.substring(0, 1) : "";
                int width = given.whole(0, 0) - sign.length();
                return sign + Text.pad(text.substring(sign.length()), width, "0", Side.BEGIN, rendering);
            });
            case "format" -> (rendering, arguments) -> Format.braces(text, arguments, rendering);
            case "isspace" -> all(text, name, Text::isSpace);
            case "isalpha" -> all(text, name, Character::isLetter);
            case "isdigit", "isdecimal", "isnumeric" -> all(text, name, Character::isDigit);
            case "isalnum" -> all(text, name, Character::isLetterOrDigit);
            case "isascii" -> Callable.of(
                    name, (rendering, given) -> text.chars().allMatch(c -> c < 128));
            case "isupper" -> Callable.of(name, (rendering, given) -> isCase(text, Character::isUpperCase));
            case "islower" -> Callable.of(name, (rendering, given) -> isCase(text, Character::isLowerCase));
            case "istitle" -> Callable.of(
                    name,
                    (rendering, given) -> text.codePoints().anyMatch(Text::isCased)
                            && Text.title(text).equals(text));
            default -> null;
        };
    }

    private interface Maker {
        String make();
    }

    private static Callable made(String name, Maker maker) {
        return Callable.of(name, (rendering, given) -> rendering.made(maker.make()));
    }

    private static Callable strip(String text, String name, Side side) {
        return Callable.of(name + " chars", (rendering, given) -> {
            String characters = given.value(0, null) == null ? null : given.text(0);
            rendering.spend(characters == null ? 1 : characters.length());
            return rendering.made(Text.strip(text, characters, side));
        });
    }

    private static Callable pad(String text, String name, Side side) {
        return Callable.of(name + " width fillchar", (rendering, given) -> {
            String filler = given.text(1, " ");
            if (Text.length(filler) != 1) {
                throw new TemplateMistake("The fill character must be exactly one character long");
            }
            return Text.pad(text, given.whole(0, 0), filler, side, rendering);
        });
    }

    private static Callable all(String text, String name, IntPredicate is) {
        return Callable.of(
                name, (rendering, given) -> !text.isEmpty() && text.codePoints().allMatch(is));
    }

    private static boolean isCase(String text, IntPredicate is) {
        return text.codePoints().anyMatch(is)
                && text.codePoints().filter(Text::isCased).allMatch(is);
    }

    private static String swapped(String text) {
        return text.codePoints()
                .mapToObj(point -> Character.isUpperCase(point)
                        ? Text.lower(Character.toString(point))
                        : Text.upper(Character.toString(point)))
                .collect(Collectors.joining());
    }

    private interface TextTest {
        boolean of(String part);
    }

    /** Whether it is true of a text, or of one of several. */
    private static boolean any(Object parts, TextTest test) {
        if (parts instanceof Tuple tuple) {
            return tuple.items().stream().anyMatch(part -> any(part, test));
        }
        if (parts instanceof String part) {
            return test.of(part);
        }
        throw parts instanceof Undefined undefined
                ? undefined.used()
                : new TemplateMistake("startswith first arg must be str or a tuple of str, not " + Values.type(parts));
    }

    private static String separator(Arguments.Bound given) {
        return given.value(0, null) == null ? null : given.text(0);
    }

    private static String from(String text, int place) {
        int length = Text.length(text);
        int from = Math.max(0, Math.min(length, place < 0 ? place + length : place));
        return Text.part(text, from, length);
    }

    private static Tuple partition(String text, String separator, Rendering rendering) {
        Text.checkSeparator(separator);
        int found = Text.find(rendering.made(text), separator, 0);
        return found < 0
                ? Tuple.of(text, "", "")
                : Tuple.of(text.substring(0, found), separator, text.substring(found + separator.length()));
    }

    private static Tuple partitionLast(String text, String separator) {
        Text.checkSeparator(separator);
        int found = lastIndex(text, separator);
        return found < 0
                ? Tuple.of("", "", text)
                : Tuple.of(text.substring(0, found), separator, text.substring(found + separator.length()));
    }

    private static int lastIndex(String text, String part) {
        int found = Text.find(
                new StringBuilder(text).reverse().toString(),
                new StringBuilder(part).reverse().toString(),
                0);
        return found < 0 ? found : text.length() - found - part.length();
    }

    static String joined(String between, Object items, Rendering rendering) {
        StringBuilder joined = new StringBuilder();
        List<Object> all = Values.list(items, rendering);
        for (int i = 0; i < all.size(); i++) {
            if (!(all.get(i) instanceof String part)) {
                throw new TemplateMistake(
                        "sequence item " + i + ": expected str instance, " + Values.type(all.get(i)) + " found");
            }
            rendering.spend((long) between.length() + part.length());
            joined.append(i == 0 ? "" : between).append(part);
        }
        return joined.toString();
    }

    private static int find(String text, String part, Rendering rendering) {
        int found = Text.find(rendering.made(text), part, 0);
        return found < 0 ? found : text.codePointCount(0, found);
    }

    private static int count(String text, String part, Rendering rendering) {
        rendering.made(text);
        if (part.isEmpty()) {
            return Text.length(text) + 1;
        }
        int count = 0;
        for (int at = Text.find(text, part, 0); at >= 0; at = Text.find(text, part, at + part.length())) {
            rendering.spend(part.length());
            count++;
        }
        return count;
    }
}
