package org.loradash.data.tokenizer;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A regular expression for any of some texts, as Python's {@code re.escape} would write each. */
final class EitherOf {
    private static final String MEANING_SOMETHING = "()[]{}?*+-|^$\\.&~# \t\n\r\u000b\f";

    private EitherOf() {}

    /** The longest first, so that none hides one that begins as it does. */
    static String pattern(List<String> texts) {
        Comparator<String> length = Comparator.comparingInt(text -> text.codePointCount(0, text.length()));
        return texts.stream().sorted(length.reversed()).map(EitherOf::escaped).collect(Collectors.joining("|"));
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char character : text.toCharArray()) {
            if (MEANING_SOMETHING.indexOf(character) >= 0) {
                escaped.append('\\');
            }
            escaped.append(character);
        }
        return escaped.toString();
    }
}
