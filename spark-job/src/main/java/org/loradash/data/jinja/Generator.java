package org.loradash.data.jinja;

import java.util.Iterator;

/** Values that are gone through once, such as those that a filter lets through: without a length, and true though it has none. */
record Generator(Iterator<?> items) {}
