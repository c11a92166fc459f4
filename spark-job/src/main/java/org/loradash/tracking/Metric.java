package org.loradash.tracking;

/**
 * A figure of a run after a number of steps.
 *
 * @param timestamp when it became known, in milliseconds since 1970
 * @param step steps taken so far
 */
record Metric(String key, double value, long timestamp, int step) {}
