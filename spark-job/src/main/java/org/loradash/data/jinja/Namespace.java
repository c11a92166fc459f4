package org.loradash.data.jinja;

import java.util.Map;

/** Values with names that any scope may change. */
record Namespace(Map<String, Object> names) {
    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw new TemplateMistake(
                    "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '" + name
                            + "'. Please rename the attribute.");
        }
        names.put(name, value);
    }
}
