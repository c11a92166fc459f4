package org.loradash.data.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's operators of numbers, and those of texts and lists that are written likewise. */
final class Arithmetic {
    /** The most digits of a whole number. */
    static final int MOST_DIGITS = 4300;

    private static final int MOST_BITS = 14_000;

    private Arithmetic() {}

    static Object add(Object left, Object right, Rendering rendering) {
        if (left instanceof String first && right instanceof String second) {
            rendering.spend((long) first.length() + second.length());
            return first + second;
        }
        if (left instanceof List<?> first && right instanceof List<?> second) {
            return joined(first, second, rendering);
        }
        if (left instanceof Tuple first && right instanceof Tuple second) {
            return new Tuple(joined(first.items(), second.items(), rendering));
        }
        if (left instanceof String && isDefined(right)) {
            throw new TemplateMistake("can only concatenate str (not \"" + Values.type(right) + "\") to str");
        }
        return numbers("+", left, right);
    }

    private static List<Object> joined(List<?> first, List<?> second, Rendering rendering) {
        rendering.step((long) first.size() + second.size());
        List<Object> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }

    static Object multiply(Object left, Object right, Rendering rendering) {
        Object many = isWhole(left) ? right : left;
        Object times = isWhole(left) ? left : right;
        if (many instanceof String text && isWhole(times)) {
            return Text.repeat(text, index(times), rendering);
        }
        if ((many instanceof List<?> || many instanceof Tuple) && isWhole(times)) {
            List<?> items = many instanceof Tuple tuple ? tuple.items() : (List<?>) many;
            int count = Math.max(0, index(times));
            rendering.step((long) items.size() * count);
            List<Object> repeated = new ArrayList<>();
            for (int i = 0; i < count && !items.isEmpty(); i++) {
                repeated.addAll(items);
            }
            return many instanceof Tuple ? new Tuple(repeated) : repeated;
        }
        if (isSequence(left) && !(right instanceof Undefined)) {
            throw new TemplateMistake("can't multiply sequence by non-int of type '" + Values.type(right) + "'");
        }
        return numbers("*", left, right);
    }

    private static boolean isSequence(Object value) {
        return value instanceof String || value instanceof List<?> || value instanceof Tuple;
    }

    /** @param operator one of + - * / // % ** */
    static Object numbers(String operator, Object left, Object right) {
        if (!isNumber(left) || !isNumber(right)) {
            throw unsupported(operator, left, right);
        }
        boolean zero = number(right).signum() == 0;
        if (zero && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            boolean whole = isWhole(left) && isWhole(right) && !operator.equals("/");
            throw new TemplateMistake(whole ? "integer division or modulo by zero" : "division by zero");
        }
        if (isWhole(left) && isWhole(right)) {
            return whole(operator, whole(left), whole(right));
        }
        double a = decimal(left);
        double b = decimal(right);
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - Math.floor(a / b) * b;
            default -> Math.pow(a, b);
        };
    }

    private static Object whole(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> checked(a.add(b));
            case "-" -> checked(a.subtract(b));
            case "*" -> checked(a.multiply(b));
            case "/" -> a.doubleValue() / b.doubleValue();
            case "//" -> floors(a, b)[0];
            case "%" -> floors(a, b)[1];
            default -> power(a, b);
        };
    }

    private static BigInteger[] floors(BigInteger a, BigInteger b) {
        BigInteger[] both = a.divideAndRemainder(b);
        if (both[1].signum() != 0 && both[1].signum() != b.signum()) {
            return new BigInteger[] {both[0].subtract(BigInteger.ONE), both[1].add(b)};
        }
        return both;
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return Math.pow(base.doubleValue(), exponent.doubleValue());
        }
        if (base.abs().compareTo(BigInteger.ONE) > 0
                && (exponent.bitLength() > 16 || (long) base.bitLength() * exponent.intValue() > MOST_BITS)) {
            throw tooLarge();
        }
        return base.abs().compareTo(BigInteger.ONE) > 0
                ? base.pow(exponent.intValue())
                : base.signum() < 0 && !exponent.testBit(0)
                        ? BigInteger.ONE
                        : exponent.signum() == 0 ? BigInteger.ONE : base;
    }

    private static BigInteger checked(BigInteger number) {
        if (number.bitLength() > MOST_BITS) {
            throw tooLarge();
        }
        return number;
    }

    private static TemplateMistake tooLarge() {
        return new TemplateMistake("a number of more than " + MOST_DIGITS + " digits");
    }

    static Object negative(Object value) {
        if (value instanceof Double number) {
            return -number;
        }
        if (!isWhole(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.used()
                    : new TemplateMistake("bad operand type for unary -: '" + Values.type(value) + "'");
        }
        return whole(value).negate();
    }

    static boolean isWhole(Object value) {
        return value instanceof BigInteger || value instanceof Boolean;
    }

    static boolean isNumber(Object value) {
        return isWhole(value) || value instanceof Double;
    }

    static BigInteger whole(Object value) {
        return value instanceof Boolean flag ? (flag ? BigInteger.ONE : BigInteger.ZERO) : (BigInteger) value;
    }

    static double decimal(Object value) {
        return value instanceof Double number ? number : whole(value).doubleValue();
    }

    /** A number to compare with; one that is none, or infinite, is as far away as it can be. */
    private static BigDecimal number(Object value) {
        if (value instanceof Double number) {
            return Double.isFinite(number) ? new BigDecimal(number) : BigDecimal.ONE;
        }
        return new BigDecimal(whole(value));
    }

    /** Which of two numbers is larger. */
    static int compare(Object left, Object right) {
        boolean finite = Double.isFinite(decimal(left)) && Double.isFinite(decimal(right));
        return finite ? number(left).compareTo(number(right)) : Double.compare(decimal(left), decimal(right));
    }

    /** A whole number that counts or finds something; one beyond 32 bits is at their end. */
    static int index(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!isWhole(value)) {
            throw new TemplateMistake("'" + Values.type(value) + "' object cannot be interpreted as an integer");
        }
        BigInteger number = whole(value);
        BigInteger most = BigInteger.valueOf(Integer.MAX_VALUE);
        return number.min(most).max(most.negate()).intValue();
    }

    private static boolean isDefined(Object value) {
        return !(value instanceof Undefined);
    }

    static TemplateMistake unsupported(String operator, Object left, Object right) {
        for (Object operand : new Object[] {left, right}) {
            if (operand instanceof Undefined undefined) {
                return undefined.used();
            }
        }
        return new TemplateMistake("unsupported operand type(s) for " + operator + ": '" + Values.type(left) + "' and '"
                + Values.type(right) + "'");
    }
}
