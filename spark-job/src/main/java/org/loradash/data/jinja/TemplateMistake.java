package org.loradash.data.jinja;

/** What is wrong with a template, or what a template says of what it was given: one line. */
public final class TemplateMistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateMistake(String message) {
        super(message);
    }

    static TemplateMistake at(int line, String message) {
        return new TemplateMistake("line " + line + ": " + message);
    }
}
