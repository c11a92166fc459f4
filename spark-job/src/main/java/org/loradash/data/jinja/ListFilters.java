package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Jinja's filters of lists and dictionaries, by their names. */
final class ListFilters {
    static final Map<String, Callable> ALL = new HashMap<>();

    static {
        add("batch value linecount fill_with", (rendering, given) -> {
            ArrayList<Object> batches = new ArrayList<>();
            List<Object> items = items(given, rendering);
            int size = Math.max(1, given.whole(1, 1));
            for (int from = 0; from < items.size(); from += size) {
                List<Object> batch =
                        new ArrayList<>(items.subList(from, (int) Math.min(items.size(), (long) from + size)));
                if (given.value(2, null) != null) {
                    rendering.step(size - batch.size());
                    batch.addAll(Collections.nCopies(size - batch.size(), given.value(2)));
                }
                batches.add(batch);
            }
            return Filters.generator(batches);
        });
        add("dictsort value case_sensitive by reverse", (rendering, given) -> {
            if (!(given.value(0) instanceof Map<?, ?> map)) {
                throw new TemplateMistake("dictsort takes a dict, not " + Values.type(given.value(0)));
            }
            int place = given.text(2, "key").equals("value") ? 1 : 0;
            return sorted(
                    MapMethods.items(map, rendering),
                    item -> folded(((Tuple) item).items().get(place), given.flag(1)),
                    given.flag(3),
                    rendering);
        });
        add("first value", (rendering, given) -> {
            Iterator<?> items = Values.iterator(given.value(0));
            return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
        });
        add("groupby value attribute default case_sensitive", (rendering, given) -> grouped(given, rendering));
        add("items value", (rendering, given) -> {
            if (given.value(0) instanceof Undefined) {
                return Filters.generator(new ArrayList<>());
            }
            if (!(given.value(0) instanceof Map<?, ?> map)) {
                throw new TemplateMistake("Can only get item pairs from a mapping.");
            }
            return Filters.generator(new ArrayList<>(MapMethods.items(map, rendering)));
        });
        add("join value d attribute", (rendering, given) -> {
            List<Object> texts = new ArrayList<>();
            for (Object item : items(given, rendering)) {
                Object part = given.value(2, null) == null ? item : Attribute.of(item, given.value(2), rendering);
                texts.add(Representation.text(part, rendering));
            }
            return TextMethods.joined(Representation.text(given.value(1, ""), rendering), texts, rendering);
        });
        add("last value", (rendering, given) -> {
            List<Object> items = items(given, rendering);
            return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.get(items.size() - 1);
        });
        add("list value", (rendering, given) -> items(given, rendering));
        ALL.put("map", ListFilters::mapped);
        add("max value case_sensitive attribute", (rendering, given) -> extreme(given, 1, rendering));
        add("min value case_sensitive attribute", (rendering, given) -> extreme(given, -1, rendering));
        ALL.put("reject", (rendering, arguments) -> chosen(rendering, arguments, false, false));
        ALL.put("rejectattr", (rendering, arguments) -> chosen(rendering, arguments, true, false));
        ALL.put("select", (rendering, arguments) -> chosen(rendering, arguments, false, true));
        ALL.put("selectattr", (rendering, arguments) -> chosen(rendering, arguments, true, true));
        add("reverse value", (rendering, given) -> {
            if (given.value(0) instanceof String text) {
                return new StringBuilder(rendering.made(text)).reverse().toString();
            }
            List<Object> items = items(given, rendering);
            Collections.reverse(items);
            return new Generator(items.iterator());
        });
        add("slice value slices fill_with", (rendering, given) -> sliced(given, rendering));
        add(
                "sort value reverse case_sensitive attribute",
                (rendering, given) ->
                        sorted(items(given, rendering), key(given, 2, 3, rendering), given.flag(1), rendering));
        add("sum value attribute start", (rendering, given) -> {
            Object sum = given.value(2, Arguments.number(0));
            for (Object item : items(given, rendering)) {
                Object part = given.value(1, null) == null ? item : Attribute.of(item, given.value(1), rendering);
                sum = Arithmetic.add(sum, part, rendering);
            }
            return sum;
        });
        add("unique value case_sensitive attribute", (rendering, given) -> {
            ArrayList<Object> unique = new ArrayList<>();
            List<Object> seen = new ArrayList<>();
            Key key = key(given, 1, 2, rendering);
            for (Object item : items(given, rendering)) {
                Object of = key.of(item);
                if (seen.stream().noneMatch(known -> Values.equal(known, of, rendering))) {
                    seen.add(of);
                    unique.add(item);
                }
            }
            return Filters.generator(unique);
        });
    }

    private ListFilters() {}

    private interface Key {
        Object of(Object item);
    }

    private static void add(String signature, Callable.Body body) {
        ALL.put(signature.split(" ")[0], Callable.of(signature, body));
    }

    private static List<Object> items(Arguments.Bound given, Rendering rendering) {
        return Values.list(given.value(0), rendering);
    }

    private static Object folded(Object value, boolean caseMatters) {
        return value instanceof String text && !caseMatters ? Text.lower(text) : value;
    }

    private static Key key(Arguments.Bound given, int caseMatters, int attribute, Rendering rendering) {
        return item -> folded(
                given.value(attribute, null) == null ? item : Attribute.of(item, given.value(attribute), rendering),
                given.flag(caseMatters));
    }

    private static List<Object> sorted(List<Object> items, Key key, boolean reversed, Rendering rendering) {
        Comparator<Object> order = (left, right) -> Values.compare("<", key.of(left), key.of(right), rendering);
        items.sort(reversed ? order.reversed() : order);
        return items;
    }

    private static Object extreme(Arguments.Bound given, int sign, Rendering rendering) {
        Key key = key(given, 1, 2, rendering);
        Iterator<Object> items = items(given, rendering).iterator();
        if (!items.hasNext()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Object most = items.next();
        while (items.hasNext()) {
            Object item = items.next();
            most = sign * Values.compare("<", key.of(item), key.of(most), rendering) > 0 ? item : most;
        }
        return most;
    }

    /** {@code map(attribute=..., default=...)} or {@code map(filter, ...)}. */
    private static Object mapped(Rendering rendering, Arguments arguments) {
        ArrayList<Object> mapped = new ArrayList<>();
        Map<String, Object> names = arguments.names();
        Arguments inner = arguments.from(2);
        for (Object item : Values.list(arguments.places().get(0), rendering)) {
            if (names.containsKey("attribute") && arguments.places().size() == 1) {
                Object value = Attribute.of(item, names.get("attribute"), rendering);
                mapped.add(value instanceof Undefined && names.containsKey("default") ? names.get("default") : value);
            } else {
                mapped.add(Filters.apply(name(arguments, 1, "map"), item, inner, rendering));
            }
        }
        return Filters.generator(mapped);
    }

    private static Object chosen(Rendering rendering, Arguments arguments, boolean attribute, boolean wanted) {
        ArrayList<Object> chosen = new ArrayList<>();
        int test = attribute ? 2 : 1;
        if (attribute && arguments.places().size() < 2) {
            throw new TemplateMistake("Missing parameter for attribute name");
        }
        for (Object item : Values.list(arguments.places().get(0), rendering)) {
            Object value = attribute ? Attribute.of(item, arguments.places().get(1), rendering) : item;
            boolean passes = arguments.places().size() > test
                    ? Tests.isTrue(name(arguments, test, "select"), value, arguments.from(test + 1), rendering)
                    : Values.isTrue(value);
            if (passes == wanted) {
                chosen.add(item);
            }
        }
        return Filters.generator(chosen);
    }

    private static String name(Arguments arguments, int place, String filter) {
        if (arguments.places().size() > place && arguments.places().get(place) instanceof String name) {
            return name;
        }
        throw new TemplateMistake(filter + " requires a filter argument");
    }

    private static Object sliced(Arguments.Bound given, Rendering rendering) {
        List<Object> items = items(given, rendering);
        int slices = Math.max(1, given.whole(1, 1));
        rendering.step(slices);
        int each = items.size() / slices;
        int longer = items.size() % slices;
        ArrayList<Object> parts = new ArrayList<>();
        int at = 0;
        for (int slice = 0; slice < slices; slice++) {
            int size = each + (slice < longer ? 1 : 0);
            List<Object> part = new ArrayList<>(items.subList(at, at + size));
            if (given.value(2, null) != null && slice >= longer) {
                part.add(given.value(2));
            }
            parts.add(part);
            at += size;
        }
        return Filters.generator(parts);
    }

    private static Object grouped(Arguments.Bound given, Rendering rendering) {
        Key value = item -> {
            Object found = Attribute.of(item, given.value(1), rendering);
            return found instanceof Undefined ? given.value(2, found) : found;
        };
        Key key = item -> folded(value.of(item), given.flag(3));
        List<Object> groups = new ArrayList<>();
        List<Object> group = List.of();
        Object last = null;
        for (Object item : sorted(items(given, rendering), key, false, rendering)) {
            if (groups.isEmpty() || !Values.equal(last, key.of(item), rendering)) {
                group = new ArrayList<>();
                groups.add(Tuple.of(value.of(item), group));
                last = key.of(item);
            }
            group.add(item);
        }
        return groups;
    }
}
