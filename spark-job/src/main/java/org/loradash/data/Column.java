package org.loradash.data;

/**
 * A column of a table that is read.
 *
 * @param key of the configuration that names it, for messages
 * @param name what the user calls it: a name, or a number where a file has no header
 * @param number whether it may hold numbers, which are texts then; otherwise texts alone
 */
record Column(String key, String name, boolean number) {}
