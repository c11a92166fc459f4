package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and strings as a template writes them: Python's. */
final class Literals {
    private static final Pattern FLOAT = Pattern.compile(
            "[0-9]++(?:_[0-9]++)*+(?:(?:\\.[0-9]++(?:_[0-9]++)*+)?[eE][-+]?[0-9]++(?:_[0-9]++)*+|\\.[0-9]++(?:_[0-9]++)*+)");
    private static final Pattern WHOLE = Pattern.compile(
            "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?[0-9])*+|0(?:_?0)*+");

    private Literals() {}

    /** Reads a number and gives where it ends. */
    static int number(String source, int at, Consumer<Object> found) {
        Matcher decimal = FLOAT.matcher(source).region(at, source.length());
        boolean behindDot = at > 0 && source.charAt(at - 1) == '.';
        if (!behindDot && decimal.lookingAt()) {
            found.accept(Double.valueOf(decimal.group().replace("_", "")));
            return decimal.end();
        }
        Matcher whole = WHOLE.matcher(source).region(at, source.length());
        if (!whole.lookingAt()) {
            throw new IllegalStateException("a digit that begins no number");
        }
        found.accept(whole(whole.group().replace("_", "")));
        return whole.end();
    }

    private static BigInteger whole(String digits) {
        if (digits.length() > Arithmetic.MOST_DIGITS) {
            throw new TemplateMistake("a number of more than " + Arithmetic.MOST_DIGITS + " digits");
        }
        int base = digits.length() < 2
                ? 10
                : switch (digits.charAt(1)) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                };
        return new BigInteger(base == 10 ? digits : digits.substring(2), base);
    }

    /** Reads a string between quotes and gives where it ends. */
    static int string(String source, int at, Consumer<String> found, Function<String, TemplateMistake> mistake) {
        char quote = source.charAt(at);
        StringBuilder text = new StringBuilder();
        int next = at + 1;
        while (next < source.length() && source.charAt(next) != quote) {
            if (source.charAt(next) == '\\' && next + 1 < source.length()) {
                next = escape(source, next + 1, text, mistake);
            } else {
                text.append(source.charAt(next++));
            }
        }
        if (next == source.length()) {
            throw mistake.apply("a string that is not closed");
        }
        found.accept(text.toString());
        return next + 1;
    }

    /** @param at behind the backslash */
    private static int escape(String source, int at, StringBuilder text, Function<String, TemplateMistake> mistake) {
        char next = source.charAt(at);
        switch (next) {
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(next);
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'v' -> text.append('\u000b');
            case 'x' -> {
                return code(source, at + 1, 2, text, mistake);
            }
            case 'u' -> {
                return code(source, at + 1, 4, text, mistake);
            }
            case 'U' -> {
                return code(source, at + 1, 8, text, mistake);
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int end = at + 1;
                while (end < at + 3 && end < source.length() && Character.digit(source.charAt(end), 8) >= 0) {
                    end++;
                }
                text.append((char) Integer.parseInt(source.substring(at, end), 8));
                return end;
            }
            default -> text.append('\\').append(next);
        }
        return at + 1;
    }

    private static int code(
            String source, int at, int digits, StringBuilder text, Function<String, TemplateMistake> mistake) {
        int end = at + digits;
        String code = end <= source.length() ? source.substring(at, end) : "";
        int point =
                code.matches("[0-9a-fA-F]{" + digits + "}") ? (int) Math.min(Long.parseLong(code, 16), 1 << 30) : -1;
        if (!Character.isValidCodePoint(point)) {
            throw mistake.apply("an escape in a string that is no character");
        }
        text.appendCodePoint(point);
        return end;
    }
}
