package org.loradash.figure;

/** A confidence interval. */
public record Interval(double low, double high) {}
