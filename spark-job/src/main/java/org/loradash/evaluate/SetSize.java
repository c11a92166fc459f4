package org.loradash.evaluate;

/**
 * How large a set is.
 *
 * @param set its title
 * @param items questions or records, one at least
 */
public record SetSize(String set, int items) {}
