package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Texts as Python has them: of code points, with Unicode's white space. */
final class Text {
    private static final int SHORT = 16;

    private Text() {}

    /** Where something is taken from. */
    enum Side {
        BEGIN,
        END,
        BOTH
    }

    /** Whether {@code str.isspace} is true of it. */
    static boolean isSpace(int point) {
        return point == ' '
                || point >= 0x09 && point <= 0x0d
                || point >= 0x1c && point <= 0x1f
                || point == 0x85
                || Character.isSpaceChar(point);
    }

    /** @param characters that are taken away; null for white space */
    static String strip(String text, String characters, Side side) {
        IntPredicate stripped = characters == null
                ? Text::isSpace
                : characters.codePoints().boxed().collect(Collectors.toSet())::contains;
        int from = 0;
        int to = text.length();
        while (side != Side.END && from < to && stripped.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (side != Side.BEGIN && to > from && stripped.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Where code points are in the text. @param to from {@code from} to the length */
    static String part(String text, int from, int to) {
        int begin = text.offsetByCodePoints(0, from);
        return text.substring(begin, text.offsetByCodePoints(begin, to - from));
    }

    /**
     * Where a part is first, from there on; -1 where it is not. In time proportional to both lengths together (Knuth, Morris and
     * Pratt, 1977): templates are hostile.
     */
    static int find(String text, String part, int from) {
        if (part.length() <= SHORT) {
            return text.indexOf(part, from);
        }
        int[] back = new int[part.length()];
        for (int i = 1, matched = 0; i < back.length; i++) {
            while (matched > 0 && part.charAt(i) != part.charAt(matched)) {
                matched = back[matched - 1];
            }
            matched += part.charAt(i) == part.charAt(matched) ? 1 : 0;
            back[i] = matched;
        }
        for (int i = Math.max(0, from), matched = 0; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != part.charAt(matched)) {
                matched = back[matched - 1];
            }
            matched += text.charAt(i) == part.charAt(matched) ? 1 : 0;
            if (matched == part.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** @param most how many are replaced; negative for all */
    static String replace(String text, String part, String by, int most, Rendering rendering) {
        StringBuilder replaced = new StringBuilder();
        int at = 0;
        int left = most;
        while (left != 0) {
            int found = find(text, part, at);
            if (found < 0 || part.isEmpty() && at == text.length()) {
                break;
            }
            rendering.spend(by.length() + 1L);
            replaced.append(text, at, found).append(by);
            at = found + part.length();
            if (part.isEmpty()) {
                int point = text.codePointAt(at);
                replaced.appendCodePoint(point);
                at += Character.charCount(point);
            }
            left--;
        }
        if (part.isEmpty() && at == text.length() && left != 0) {
            replaced.append(by);
        }
        return rendering.made(replaced.append(text, at, text.length()).toString());
    }

    /** @param separator null for white space @param most how many cuts; negative for all */
    static List<Object> split(String text, String separator, int most, Rendering rendering) {
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            String inside = strip(text, null, Side.BEGIN);
            int from = 0;
            for (int left = most; from < inside.length() && left != 0; left--) {
                int end = next(inside, from, true);
                rendering.step(1);
                parts.add(inside.substring(from, end));
                from = next(inside, end, false);
            }
            if (from < inside.length()) {
                parts.add(inside.substring(from));
            }
            return parts;
        }
        checkSeparator(separator);
        int at = 0;
        for (int left = most; left != 0; left--) {
            int found = find(text, separator, at);
            if (found < 0) {
                break;
            }
            rendering.step(1);
            parts.add(text.substring(at, found));
            at = found + separator.length();
        }
        parts.add(text.substring(at));
        return parts;
    }

    /** Where the next character is that is white space, or that is none. */
    private static int next(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && isSpace(text.codePointAt(at)) != space) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    /** Likewise, from the end. */
    static List<Object> splitFromEnd(String text, String separator, int most, Rendering rendering) {
        List<Object> reversed = split(
                new StringBuilder(text).reverse().toString(),
                separator == null
                        ? null
                        : new StringBuilder(separator).reverse().toString(),
                most,
                rendering);
        List<Object> parts = new ArrayList<>();
        for (int i = reversed.size() - 1; i >= 0; i--) {
            parts.add(new StringBuilder((String) reversed.get(i)).reverse().toString());
        }
        return parts;
    }

    static void checkSeparator(String separator) {
        if (separator.isEmpty()) {
            throw new TemplateMistake("empty separator");
        }
    }

    static List<Object> lines(String text, boolean ends, Rendering rendering) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029) {
                int next = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
                rendering.step(1);
                lines.add(text.substring(from, ends ? next : i));
                from = next;
                i = next - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalise(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = Character.charCount(text.codePointAt(0));
        return title(text.substring(0, end)) + lower(text.substring(end));
    }

    /** {@code str.title}: what follows a letter is small, others are large. */
    static String title(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            String one = Character.toString(point);
            if (inside) {
                titled.append(lower(one));
            } else if (Character.toTitleCase(point) == point) {
                titled.append(one);
            } else {
                titled.appendCodePoint(Character.toTitleCase(point));
            }
            inside = isCased(point);
            i += Character.charCount(point);
        }
        return titled.toString();
    }

    static boolean isCased(int point) {
        return Character.isUpperCase(point) || Character.isLowerCase(point) || Character.isTitleCase(point);
    }

    static String repeat(String text, int times, Rendering rendering) {
        int count = Math.max(0, times);
        rendering.spend((long) text.length() * count);
        return text.repeat(count);
    }

    /** @param filler one character */
    static String pad(String text, int width, String filler, Side where, Rendering rendering) {
        int missing = width - length(text);
        if (missing <= 0) {
            return text;
        }
        // Python's centre: an odd one goes to the left where the width is odd.
        int left =
                switch (where) {
                    case BEGIN -> missing;
                    case END -> 0;
                    case BOTH -> missing / 2 + (missing & width & 1);
                };
        return repeat(filler, left, rendering) + text + repeat(filler, missing - left, rendering);
    }
}
