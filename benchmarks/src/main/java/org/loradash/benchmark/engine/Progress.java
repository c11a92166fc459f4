package org.loradash.benchmark.engine;

/** Lines on the error stream while something takes long, so that the output holds results alone. */
public final class Progress {
    private Progress() {}

    public static void say(String format, Object... values) {
        System.err.printf(format + "%n", values);
    }
}
