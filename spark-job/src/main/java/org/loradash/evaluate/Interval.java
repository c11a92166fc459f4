package org.loradash.evaluate;

/** A confidence interval of a proportion. */
public record Interval(double low, double high) {}
