package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods of Python's {@code dict} that change nothing. */
final class MapMethods {
    private MapMethods() {}

    /** A method; null where there is none of the name. */
    static Callable of(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" -> Callable.of(
                    "get key default",
                    (rendering, given) -> map.containsKey(Values.key(given.value(0)))
                            ? map.get(given.value(0))
                            : given.value(1, null));
            case "items" -> Callable.of("items", (rendering, given) -> items(map, rendering));
            case "keys" -> Callable.of("keys", (rendering, given) -> new ArrayList<>(map.keySet()));
            case "values" -> Callable.of("values", (rendering, given) -> new ArrayList<>(map.values()));
            case "copy" -> Callable.of("copy", (rendering, given) -> new LinkedHashMap<>(map));
            default -> null;
        };
    }

    /** Pairs of keys and values. */
    static List<Object> items(Map<?, ?> map, Rendering rendering) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> {
            rendering.step(1);
            items.add(Tuple.of(key, value));
        });
        return items;
    }
}
