package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Jinja's tests, by their names: what may stand behind {@code is}. */
final class Tests {
    private static final Map<String, Callable> ALL = new HashMap<>();

    private interface Test {
        boolean of(Object value);
    }

    static {
        add("defined", value -> !(value instanceof Undefined));
        add("undefined", value -> value instanceof Undefined);
        add("none", value -> value == null);
        add("true", value -> Boolean.TRUE.equals(value));
        add("false", value -> Boolean.FALSE.equals(value));
        add("boolean", value -> value instanceof Boolean);
        add("integer", value -> value instanceof BigInteger);
        add("float", value -> value instanceof Double);
        add("number", Arithmetic::isNumber);
        add("string", value -> value instanceof String);
        add("mapping", value -> value instanceof Map<?, ?>);
        add("iterable", Values::isIterable);
        add(
                "sequence",
                value -> value instanceof String
                        || value instanceof List<?>
                        || value instanceof Tuple
                        || value instanceof Map<?, ?>
                        || value instanceof Undefined);
        add("callable", value -> value instanceof Callable);
        add("escaped", value -> false);
        add("odd", value -> remainder(value, BigInteger.TWO).equals(BigInteger.ONE));
        add("even", value -> remainder(value, BigInteger.TWO).equals(BigInteger.ZERO));
        add(
                "lower",
                value -> value instanceof String text
                        && text.codePoints().anyMatch(Text::isCased)
                        && Text.lower(text).equals(text));
        add(
                "upper",
                value -> value instanceof String text
                        && text.codePoints().anyMatch(Text::isCased)
                        && Text.upper(text).equals(text));
        add("divisibleby value num", (rendering, given) -> remainder(given.value(0), Arithmetic.whole(given.value(1)))
                .equals(BigInteger.ZERO));
        add("in value seq", (rendering, given) -> Values.contains(given.value(1), given.value(0), rendering));
        add(
                "sameas value other",
                (rendering, given) -> given.value(0) == given.value(1)
                        || !(given.value(0) instanceof List<?> || given.value(0) instanceof Map<?, ?>)
                                && given.value(0) != null
                                && given.value(0).equals(given.value(1)));
        compared("==", "eq", "equalto");
        compared("!=", "ne");
        compared("<", "lt", "lessthan");
        compared("<=", "le");
        compared(">", "gt", "greaterthan");
        compared(">=", "ge");
    }

    private Tests() {}

    private static void add(String name, Test test) {
        add(name + " value", (rendering, given) -> test.of(given.value(0)));
    }

    private static void add(String signature, Callable.Body body) {
        ALL.put(signature.split(" ")[0], Callable.of(signature, body));
    }

    private static void compared(String operator, String... names) {
        Callable test = Callable.of(
                operator + " value other",
                (rendering, given) -> Comparison.holds(operator, given.value(0), given.value(1), rendering));
        ALL.put(operator, test);
        for (String name : names) {
            ALL.put(name, test);
        }
    }

    /** Whether a test is true of a value. @throws TemplateMistake where there is none of the name */
    static boolean isTrue(String name, Object value, Arguments arguments, Rendering rendering) {
        rendering.step(1);
        rendering.spend(value instanceof String text ? text.length() / TextMethods.OF_CHARACTERS : 0);
        Callable test = ALL.get(name);
        if (test == null) {
            throw new TemplateMistake("No test named '" + name + "'.");
        }
        return Values.isTrue(test.call(rendering, arguments.behind(value)));
    }

    private static BigInteger remainder(Object value, BigInteger divisor) {
        Object remainder = Arithmetic.numbers("%", value, divisor);
        if (remainder instanceof BigInteger whole) {
            return whole;
        }
        double part = (Double) remainder;
        return part == Math.rint(part) ? BigInteger.valueOf((long) part) : BigInteger.TEN;
    }
}
