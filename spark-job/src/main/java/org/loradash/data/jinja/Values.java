package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What a template's values are in Java, and what Python says of them: null, Boolean, BigInteger, Double, String, List, {@link
 * Tuple}, Map, {@link Namespace}, {@link Generator}, {@link Callable}, {@link Loop}, {@link Undefined}. Nothing else ever gets in,
 * so that a template reaches no object of the program.
 */
final class Values {
    private Values() {}

    /** What Python calls its type. */
    static String type(Object value) {
        if (value == null) {
            return "NoneType";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof BigInteger) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof String) {
            return "str";
        }
        if (value instanceof List<?>) {
            return "list";
        }
        if (value instanceof Map<?, ?>) {
            return "dict";
        }
        if (value instanceof Callable) {
            return "function";
        }
        if (value instanceof Loop) {
            return "LoopContext";
        }
        return value.getClass().getSimpleName().replace("Tuple", "tuple").replace("Generator", "generator");
    }

    static boolean isTrue(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof BigInteger number) {
            return number.signum() != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Tuple tuple) {
            return !tuple.items().isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value != null && !(value instanceof Undefined);
    }

    static boolean isIterable(Object value) {
        return value instanceof String
                || value instanceof List<?>
                || value instanceof Tuple
                || value instanceof Map<?, ?>
                || value instanceof Generator
                || value instanceof Loop
                || value instanceof Undefined;
    }

    /** What a loop goes through. */
    static Iterator<?> iterator(Object value) {
        if (value instanceof String text) {
            return text.codePoints().mapToObj(Character::toString).iterator();
        }
        if (value instanceof List<?> list) {
            return list.iterator();
        }
        if (value instanceof Tuple tuple) {
            return tuple.items().iterator();
        }
        if (value instanceof Map<?, ?> map) {
            return map.keySet().iterator();
        }
        if (value instanceof Generator generator) {
            return generator.items();
        }
        if (value instanceof Undefined) {
            return List.of().iterator();
        }
        throw new TemplateMistake("'" + type(value) + "' object is not iterable");
    }

    /** All that a loop goes through. */
    static List<Object> list(Object value, Rendering rendering) {
        List<Object> items = new ArrayList<>();
        iterator(value).forEachRemaining(item -> {
            rendering.step(1);
            items.add(item);
        });
        return items;
    }

    static int length(Object value) {
        if (value instanceof String text) {
            return Text.length(text);
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Tuple tuple) {
            return tuple.items().size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new TemplateMistake("object of type '" + type(value) + "' has no len()");
    }

    static boolean equal(Object left, Object right, Rendering rendering) {
        rendering.step(1);
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            boolean none = left instanceof Double a && a.isNaN() || right instanceof Double b && b.isNaN();
            return !none && Arithmetic.compare(left, right) == 0;
        }
        if (left instanceof String first && right instanceof String second) {
            rendering.spend(Math.min(first.length(), second.length()) / 64);
            return first.equals(second);
        }
        if (left instanceof List<?> first && right instanceof List<?> second) {
            return allEqual(first, second, rendering);
        }
        if (left instanceof Tuple first && right instanceof Tuple second) {
            return allEqual(first.items(), second.items(), rendering);
        }
        if (left instanceof Map<?, ?> first && right instanceof Map<?, ?> second) {
            return first.size() == second.size()
                    && first.entrySet().stream()
                            .allMatch(entry -> second.containsKey(entry.getKey())
                                    && equal(entry.getValue(), second.get(entry.getKey()), rendering));
        }
        return left instanceof Undefined && right instanceof Undefined || left == right;
    }

    private static boolean allEqual(List<?> first, List<?> second, Rendering rendering) {
        boolean equal = first.size() == second.size();
        for (int i = 0; equal && i < first.size(); i++) {
            equal = equal(first.get(i), second.get(i), rendering);
        }
        return equal;
    }

    /** Which of two values is larger. @param operator for messages */
    static int compare(String operator, Object left, Object right, Rendering rendering) {
        rendering.step(1);
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return Arithmetic.compare(left, right);
        }
        if (left instanceof String first && right instanceof String second) {
            rendering.spend(Math.min(first.length(), second.length()) / 64);
            return compare(first, second);
        }
        boolean lists = left instanceof List<?> && right instanceof List<?>;
        if (lists || left instanceof Tuple && right instanceof Tuple) {
            List<Object> first = list(left, rendering);
            List<Object> second = list(right, rendering);
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                if (!equal(first.get(i), second.get(i), rendering)) {
                    return compare(operator, first.get(i), second.get(i), rendering);
                }
            }
            return Integer.compare(first.size(), second.size());
        }
        for (Object operand : new Object[] {left, right}) {
            if (operand instanceof Undefined undefined) {
                throw undefined.used();
            }
        }
        throw new TemplateMistake(
                "'" + operator + "' not supported between instances of '" + type(left) + "' and '" + type(right) + "'");
    }

    /** By code points, where Java compares halves of them. */
    private static int compare(String first, String second) {
        int same = Arrays.mismatch(first.toCharArray(), second.toCharArray());
        if (same < 0 || same == first.length() || same == second.length()) {
            return Integer.compare(first.length(), second.length());
        }
        boolean low = Character.isLowSurrogate(first.charAt(same)) && Character.isLowSurrogate(second.charAt(same));
        int at = low ? same - 1 : same;
        return Integer.compare(first.codePointAt(Math.max(0, at)), second.codePointAt(Math.max(0, at)));
    }

    /**
     * A value that a dictionary finds something by.
     *
     * @throws TemplateMistake where it is none: one that has others in it, whose hash may take for ever
     */
    static Object key(Object value) {
        boolean deep = value instanceof List<?>
                || value instanceof Map<?, ?>
                || value instanceof Tuple tuple
                        && tuple.items().stream()
                                .anyMatch(item -> item instanceof Tuple || item instanceof List || item instanceof Map);
        if (deep) {
            throw new TemplateMistake("unhashable type: '" + type(value) + "'");
        }
        return value;
    }

    /** Whether a value is in another. */
    static boolean contains(Object container, Object value, Rendering rendering) {
        if (container instanceof String text) {
            if (value instanceof String part) {
                rendering.spend((text.length() + part.length()) / 64);
                return Text.find(text, part, 0) >= 0;
            }
            if (value instanceof Undefined undefined) {
                throw undefined.used();
            }
            throw new TemplateMistake("'in <string>' requires string as left operand, not " + type(value));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(key(value));
        }
        if (!isIterable(container)) {
            throw new TemplateMistake("argument of type '" + type(container) + "' is not iterable");
        }
        for (Iterator<?> items = iterator(container); items.hasNext(); ) {
            if (equal(items.next(), value, rendering)) {
                return true;
            }
        }
        return false;
    }
}
