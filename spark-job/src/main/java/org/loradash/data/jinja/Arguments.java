package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a call is given, by places and by names. */
record Arguments(List<Object> places, Map<String, Object> names) {
    private static final Object ABSENT = new Object();

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Object... places) {
        return new Arguments(Arrays.asList(places), Map.of());
    }

    /** The same with more in front. */
    Arguments behind(Object first) {
        List<Object> all = new ArrayList<>();
        all.add(first);
        all.addAll(places);
        return new Arguments(all, names);
    }

    /** The same without the first so many. */
    Arguments from(int place) {
        return new Arguments(places.subList(Math.min(place, places.size()), places.size()), names);
    }

    /** The only one by its place; an empty list where there is none. */
    Object bindFirst(String function) {
        if (places.size() > 1) {
            throw new TemplateMistake(function + " expected at most 1 argument, got " + places.size());
        }
        return places.isEmpty() ? List.of() : places.get(0);
    }

    /** @param words a function's name and those of its parameters */
    Bound bind(String... words) {
        Object[] values = new Object[words.length - 1];
        Arrays.fill(values, ABSENT);
        if (places.size() > values.length) {
            throw new TemplateMistake(
                    words[0] + "() takes at most " + values.length + " arguments (" + places.size() + " given)");
        }
        for (int i = 0; i < places.size(); i++) {
            values[i] = places.get(i);
        }
        Map<String, Object> left = new LinkedHashMap<>(names);
        for (int i = places.size(); i < values.length; i++) {
            if (left.containsKey(words[i + 1])) {
                values[i] = left.remove(words[i + 1]);
            }
        }
        if (!left.isEmpty()) {
            throw new TemplateMistake(words[0] + "() got an unexpected keyword argument '"
                    + left.keySet().iterator().next() + "'");
        }
        return new Bound(words, values);
    }

    /** Arguments by a function's parameters. */
    record Bound(String[] words, Object[] values) {
        boolean has(int index) {
            return values[index] != ABSENT;
        }

        Object value(int index) {
            if (!has(index)) {
                throw new TemplateMistake(words[0] + "() missing a required argument: '" + words[index + 1] + "'");
            }
            return values[index];
        }

        Object value(int index, Object otherwise) {
            return has(index) ? values[index] : otherwise;
        }

        boolean flag(int index) {
            return has(index) && Values.isTrue(values[index]);
        }

        String text(int index) {
            return text(value(index), index);
        }

        String text(int index, String otherwise) {
            return has(index) ? text(values[index], index) : otherwise;
        }

        int whole(int index, int otherwise) {
            return has(index) ? Arithmetic.index(values[index]) : otherwise;
        }

        private String text(Object value, int index) {
            if (value instanceof String text) {
                return text;
            }
            if (value instanceof Undefined undefined) {
                throw undefined.used();
            }
            throw new TemplateMistake(words[0] + "(): " + words[index + 1] + " must be str, not " + Values.type(value));
        }
    }

    /** A number as a template has it. */
    static Object number(long number) {
        return BigInteger.valueOf(number);
    }
}
