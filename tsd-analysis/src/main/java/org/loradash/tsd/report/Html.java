package org.loradash.tsd.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Pattern;

/** Text and numbers as they stand in HTML. */
final class Html {
    private static final Pattern DOT = Pattern.compile("(?<=[a-z])\\.|\\.(?=[a-z])");

    private Html() {}

    /** Text that cannot be taken for markup, in elements and in quoted attributes; control characters become spaces. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        return escaped.toString();
    }

    /** Escaped text of which a long name may be broken at its dots; numbers are not. */
    static String breakable(String text) {
        return DOT.matcher(escaped(text)).replaceAll(".<wbr>");
    }

    /** A number for people: four significant digits. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        double magnitude = Math.abs(value);
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
        if (magnitude == 0 || magnitude >= 1e-3 && magnitude < 1e6) {
            return rounded.toPlainString();
        }
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
}
