package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro, or the body of a call: a text that depends on arguments.
 *
 * @param parameters with null where one has no default
 * @param takesMore whether the body asks for {@code varargs} or {@code kwargs}
 * @param scope where it was defined
 */
record Macro(
        String name, List<String> parameters, List<Expression> defaults, boolean takesMore, Statement body, Scope scope)
        implements Callable {
    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        Scope inner = scope.inner();
        Map<String, Object> named = new LinkedHashMap<>(arguments.names());
        if (named.containsKey("caller") && !parameters.contains("caller")) {
            inner.set("caller", named.remove("caller"));
        }
        List<Object> places = arguments.places();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (i < places.size()) {
                inner.set(parameter, places.get(i));
            } else if (named.containsKey(parameter)) {
                inner.set(parameter, named.remove(parameter));
            } else if (defaults.get(i) != null) {
                inner.set(parameter, defaults.get(i).value(inner));
            } else {
                inner.set(parameter, new Undefined("parameter '" + parameter + "' was not provided"));
            }
        }
        List<Object> more = places.subList(Math.min(parameters.size(), places.size()), places.size());
        if (!takesMore && !more.isEmpty()) {
            throw new TemplateMistake("macro '" + name + "' takes not more than " + parameters.size() + " argument(s)");
        }
        if (!takesMore && !named.isEmpty()) {
            throw new TemplateMistake("macro '" + name + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
        if (takesMore) {
            inner.set("varargs", new Tuple(new ArrayList<>(more)));
            inner.set("kwargs", named);
        }
        rendering.enter();
        try {
            return rendering.made(Statement.text(body, inner));
        } finally {
            rendering.leave();
        }
    }
}
