package org.loradash.data.jinja;

import java.util.List;

/** What a loop's body knows of it as {@code loop}. */
final class Loop {
    private final List<Object> items;
    private final int depth;
    private final Callable again;
    private int index;
    private Object watched = new Undefined("nothing watched yet");

    /** @param again what {@code loop(items)} does; null where the loop is not recursive */
    Loop(List<Object> items, int depth, Callable again) {
        this.items = items;
        this.depth = depth;
        this.again = again;
    }

    void at(int place) {
        index = place;
    }

    int depth() {
        return depth;
    }

    Callable again() {
        return again;
    }

    Object attribute(String name) {
        int last = items.size() - 1;
        return switch (name) {
            case "index" -> Arguments.number(index + 1);
            case "index0" -> Arguments.number(index);
            case "revindex" -> Arguments.number(last - index + 1);
            case "revindex0" -> Arguments.number(last - index);
            case "first" -> index == 0;
            case "last" -> index == last;
            case "length" -> Arguments.number(items.size());
            case "depth" -> Arguments.number(depth + 1);
            case "depth0" -> Arguments.number(depth);
            case "previtem" -> index == 0 ? new Undefined("there is no previous item") : items.get(index - 1);
            case "nextitem" -> index == last ? new Undefined("there is no next item") : items.get(index + 1);
            case "cycle" -> (Callable) (rendering, arguments) -> {
                if (arguments.places().isEmpty()) {
                    throw new TemplateMistake("no items for cycling given");
                }
                return arguments.places().get(index % arguments.places().size());
            };
            case "changed" -> (Callable) (rendering, arguments) -> {
                Object given = new Tuple(arguments.places());
                boolean changed = !Values.equal(given, watched, rendering);
                watched = given;
                return changed;
            };
            default -> Undefined.in(this, name);
        };
    }
}
