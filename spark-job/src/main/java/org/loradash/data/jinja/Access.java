package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Attributes, items and slices of values. */
final class Access {
    /** What changes a value, which the sandbox of transformers refuses. */
    private static final Map<String, Set<String>> CHANGES = Map.of(
            "list", Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),
            "dict", Set.of("clear", "pop", "popitem", "setdefault", "update"));

    private Access() {}

    /** {@code target.name}: an attribute, otherwise an item. */
    static Object attribute(Object target, String name) {
        Object found = ownAttribute(target, name);
        if (found instanceof Undefined && target instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        return found;
    }

    /** {@code target[key]}: an item, otherwise an attribute. */
    static Object item(Object target, Object key, Rendering rendering) {
        if (target instanceof Undefined undefined) {
            throw undefined.used();
        }
        boolean plain = !(key instanceof List<?> || key instanceof Map<?, ?> || key instanceof Tuple);
        if (target instanceof Map<?, ?> map && plain && map.containsKey(key)) {
            return map.get(key);
        }
        boolean sequence = target instanceof String || target instanceof List<?> || target instanceof Tuple;
        if (sequence && Arithmetic.isWhole(key)) {
            int length = Values.length(target);
            int index = Arithmetic.index(key);
            int place = index < 0 ? index + length : index;
            if (place < 0 || place >= length) {
                return Undefined.in(target, key);
            }
            if (target instanceof String text) {
                rendering.spend(text.length() / 16);
                return Text.part(text, place, place + 1);
            }
            return (target instanceof Tuple tuple ? tuple.items() : (List<?>) target).get(place);
        }
        return key instanceof String name ? ownAttribute(target, name) : Undefined.in(target, key);
    }

    /** An attribute that Python's type has. */
    static Object ownAttribute(Object target, String name) {
        if (target instanceof Undefined undefined) {
            throw undefined.used();
        }
        boolean hidden = name.startsWith("__") && name.endsWith("__");
        if (hidden || CHANGES.getOrDefault(Values.type(target), Set.of()).contains(name)) {
            return Undefined.unsafe(target, name);
        }
        Object found = null;
        if (target instanceof String text) {
            found = TextMethods.of(text, name);
        } else if (target instanceof Map<?, ?> map) {
            found = MapMethods.of(map, name);
        } else if (target instanceof List<?> list) {
            found = ListMethods.of(list, name);
        } else if (target instanceof Tuple tuple) {
            found = ListMethods.of(tuple.items(), name);
        } else if (target instanceof Loop loop) {
            return loop.attribute(name);
        } else if (target instanceof Namespace namespace && namespace.names().containsKey(name)) {
            return namespace.names().get(name);
        }
        return found == null ? Undefined.in(target, name) : found;
    }

    /** {@code target[from:to:step]}, each null where it is not given. */
    static Object slice(Object target, Object from, Object to, Object step, Rendering rendering) {
        if (target instanceof Undefined undefined) {
            throw undefined.used();
        }
        boolean sequence = target instanceof String || target instanceof List<?> || target instanceof Tuple;
        if (!sequence) {
            return new Undefined("'" + Values.type(target) + " object' has no slices");
        }
        int length = Values.length(target);
        int by = step == null ? 1 : Arithmetic.index(step);
        if (by == 0) {
            throw new TemplateMistake("slice step cannot be zero");
        }
        int least = by > 0 ? 0 : -1;
        int most = by > 0 ? length : length - 1;
        int begin = from == null ? (by > 0 ? least : most) : bound(from, length, least, most);
        int end = to == null ? (by > 0 ? most : least) : bound(to, length, least, most);
        if (target instanceof String text) {
            rendering.spend(text.length() / 16 + 1);
            if (by == 1) {
                return rendering.made(Text.part(text, begin, Math.max(begin, end)));
            }
            int[] points = text.codePoints().toArray();
            StringBuilder chosen = new StringBuilder();
            for (long i = begin; by > 0 ? i < end : i > end; i += by) {
                chosen.appendCodePoint(points[(int) i]);
            }
            return rendering.made(chosen.toString());
        }
        List<?> items = target instanceof Tuple tuple ? tuple.items() : (List<?>) target;
        List<Object> chosen = new ArrayList<>();
        for (long i = begin; by > 0 ? i < end : i > end; i += by) {
            rendering.step(1);
            chosen.add(items.get((int) i));
        }
        return target instanceof Tuple ? new Tuple(chosen) : chosen;
    }

    private static int bound(Object value, int length, int least, int most) {
        int index = Arithmetic.index(value);
        int place = index < 0 ? Math.max(-1, index + length) : index;
        return Math.max(least, Math.min(most, place));
    }
}
