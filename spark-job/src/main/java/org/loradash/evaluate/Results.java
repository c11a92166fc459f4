package org.loradash.evaluate;

import java.util.Map;

/** What an evaluation has come to. */
public interface Results {
    /** The name of the file of its figures. */
    String file();

    /** All figures as JSON, with a line feed at the end. */
    String json();

    /** The figures in columns of characters, a line for each set. */
    String text();

    /**
     * The figures as a page.
     *
     * @param settings what was evaluated, and how
     */
    String html(Map<String, String> settings);
}
