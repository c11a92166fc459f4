package org.loradash.data.jinja;

/** Something that has a value where names have theirs. */
@FunctionalInterface
interface Expression {
    Object value(Scope scope);
}
