package org.loradash.data.jinja;

import java.util.HashMap;
import java.util.Map;

/** Names and their values, and those around them. */
record Scope(Rendering rendering, Scope around, Map<String, Object> names) {

    /** Names of a template's globals and of what it is given. */
    static Scope outermost(Rendering rendering, Map<String, Object> names) {
        return new Scope(rendering, null, new HashMap<>(names));
    }

    Scope inner() {
        return new Scope(rendering, this, new HashMap<>());
    }

    /** A name's value; {@link Undefined} where it has none. */
    Object value(String name) {
        rendering.step(1);
        for (Scope scope = this; scope != null; scope = scope.around) {
            Object value = scope.names.get(name);
            if (value != null || scope.names.containsKey(name)) {
                return value;
            }
        }
        return new Undefined("'" + name + "' is undefined");
    }

    void set(String name, Object value) {
        names.put(name, value);
    }
}
