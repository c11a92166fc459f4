package org.loradash.data.jinja;

import java.math.BigInteger;

/** What filters mean by an attribute: names or numbers with dots between, each an item or an attribute of the one before. */
final class Attribute {
    private Attribute() {}

    static Object of(Object item, Object path, Rendering rendering) {
        if (!(path instanceof String names)) {
            return Access.item(item, path, rendering);
        }
        Object value = item;
        for (String name : names.split("\\.")) {
            value = Access.item(value, name.matches("\\d{1,9}") ? new BigInteger(name) : name, rendering);
        }
        return value;
    }
}
