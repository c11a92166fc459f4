package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;

/** Methods of Python's {@code list} and {@code tuple} that change nothing. */
final class ListMethods {
    private ListMethods() {}

    /** A method; null where there is none of the name. */
    static Callable of(List<?> list, String name) {
        return switch (name) {
            case "copy" -> Callable.of("copy", (rendering, given) -> new ArrayList<>(list));
            case "count" -> Callable.of(
                    "count value",
                    (rendering, given) -> Arguments.number(list.stream()
                            .filter(item -> Values.equal(item, given.value(0), rendering))
                            .count()));
            case "index" -> Callable.of("index value", (rendering, given) -> {
                for (int i = 0; i < list.size(); i++) {
                    if (Values.equal(list.get(i), given.value(0), rendering)) {
                        return Arguments.number(i);
                    }
                }
                throw new TemplateMistake("the value is not in list");
            });
            default -> null;
        };
    }
}
