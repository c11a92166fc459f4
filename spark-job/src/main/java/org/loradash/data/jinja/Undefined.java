package org.loradash.data.jinja;

/**
 * What is not there: nothing in a text, empty in a loop, false, and a mistake wherever else it is used.
 *
 * @param message what is said then
 */
record Undefined(String message) {
    TemplateMistake used() {
        return new TemplateMistake(message);
    }

    /** A value that was not found in another. */
    static Undefined in(Object target, Object key) {
        String type = target == null ? "None" : Values.type(target) + " object";
        return new Undefined(
                key instanceof String name
                        ? "'" + type + "' has no attribute '" + name + "'"
                        : type + " has no element " + Representation.of(key));
    }

    /** What the sandbox keeps from templates. */
    static Undefined unsafe(Object target, String name) {
        return new Undefined("access to attribute '" + name + "' of '" + Values.type(target) + "' object is unsafe.");
    }
}
