package org.loradash.data.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Numbers from texts and from other numbers: the filters int, float and round. */
final class Numbers {
    private static final int MOST_PLACES = 300;

    private Numbers() {}

    static Object whole(Object value, Object otherwise, int base) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (Arithmetic.isWhole(value)) {
            return Arithmetic.whole(value);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? new BigDecimal(number).toBigInteger() : otherwise;
        }
        if (value instanceof String text && text.length() <= Arithmetic.MOST_DIGITS) {
            String digits = Text.strip(text, null, Text.Side.BOTH);
            if (digits.matches("[-+]?[0-9a-zA-Z]++(_[0-9a-zA-Z]++)*+") && base >= 2 && base <= 36) {
                try {
                    return new BigInteger(withoutPrefix(digits.replace("_", ""), base), base);
                } catch (NumberFormatException notWhole) {
                    // It may be a decimal number.
                }
            }
            Object decimal = decimal(text, null);
            return decimal == null ? otherwise : whole(decimal, otherwise, base);
        }
        return otherwise;
    }

    private static String withoutPrefix(String digits, int base) {
        String prefix =
                switch (base) {
                    case 2 -> "0[bB]";
                    case 8 -> "0[oO]";
                    case 16 -> "0[xX]";
                    default -> "$.";
                };
        return digits.replaceFirst("^([-+]?)" + prefix, "$1");
    }

    static Object decimal(Object value, Object otherwise) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (Arithmetic.isNumber(value)) {
            return Arithmetic.decimal(value);
        }
        if (value instanceof String text && text.length() <= Arithmetic.MOST_DIGITS) {
            String digits = Text.strip(text, null, Text.Side.BOTH).replace("_", "");
            if (digits.matches("[-+]?([0-9]++(\\.[0-9]*+)?|\\.[0-9]++)([eE][-+]?[0-9]++)?")) {
                return Double.valueOf(digits);
            }
        }
        return otherwise;
    }

    static Object rounded(Object value, int places, String method) {
        if (!Arithmetic.isNumber(value)) {
            throw Arithmetic.unsupported("round()", value, Arguments.number(places));
        }
        int within = Math.max(-MOST_PLACES, Math.min(MOST_PLACES, places));
        double number = Arithmetic.decimal(value);
        double scale = Math.pow(10, within);
        return switch (method) {
            case "ceil" -> Math.ceil(number * scale) / scale;
            case "floor" -> Math.floor(number * scale) / scale;
            case "common" -> value instanceof Double
                    ? Double.isFinite(number)
                            ? (Object) new BigDecimal(number)
                                    .setScale(within, RoundingMode.HALF_EVEN)
                                    .doubleValue()
                            : value
                    : new BigDecimal(Arithmetic.whole(value))
                            .setScale(Math.min(0, within), RoundingMode.HALF_EVEN)
                            .toBigInteger();
            default -> throw new TemplateMistake("method must be common, ceil or floor");
        };
    }
}
