package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * A loop. Each pass has names of its own, so that what one sets is gone in the next.
 *
 * @param filter of items; null for none
 * @param otherwise what runs where there is no item
 */
record For(Target target, Expression items, Expression filter, Statement body, Statement otherwise, boolean recursive)
        implements Statement {
    @Override
    public Next run(Scope scope, StringBuilder out) {
        return run(items.value(scope), 0, scope, out);
    }

    private Next run(Object values, int depth, Scope scope, StringBuilder out) {
        List<Object> chosen = chosen(values, scope);
        if (chosen.isEmpty()) {
            return otherwise.run(scope.inner(), out);
        }
        Loop loop = new Loop(chosen, depth, recursive ? again(depth, scope) : null);
        for (int i = 0; i < chosen.size(); i++) {
            scope.rendering().step(1);
            loop.at(i);
            Scope inner = scope.inner();
            inner.set("loop", loop);
            target.assign(inner, chosen.get(i));
            if (body.run(inner, out) == Next.BREAK) {
                break;
            }
        }
        return Next.STATEMENT;
    }

    private List<Object> chosen(Object values, Scope scope) {
        List<Object> all = Values.list(values, scope.rendering());
        if (filter == null) {
            return all;
        }
        List<Object> chosen = new ArrayList<>();
        for (Object value : all) {
            Scope inner = scope.inner();
            target.assign(inner, value);
            if (Values.isTrue(filter.value(inner))) {
                chosen.add(value);
            }
        }
        return chosen;
    }

    private Callable again(int depth, Scope scope) {
        return Callable.of("loop iterable", (rendering, given) -> {
            rendering.enter();
            try {
                StringBuilder text = new StringBuilder();
                run(given.value(0), depth + 1, scope, text);
                return rendering.made(text.toString());
            } finally {
                rendering.leave();
            }
        });
    }
}
