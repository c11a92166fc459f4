package org.loradash.evaluate;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.loradash.tsd.Counted;

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

    /** The one figure that a person looks at first. */
    Headline headline();

    /**
     * The one figure that a person looks at first.
     *
     * @param figure its name
     * @param value of one set, or the mean of several, each of the same weight
     * @param of what it was measured on, such as "topics, 180 questions"
     */
    record Headline(String figure, double value, String of) {
        /**
         * @param item what sets have, in the singular: question or record
         * @param items of all sets
         */
        static String of(Collection<String> sets, String item, long items) {
            String whose = sets.size() == 1 ? sets.iterator().next() : "average of " + Counted.of(sets.size(), "set");
            return whose + ", " + Counted.of(items, item);
        }

        /** This figure, of a model before its training, beside the same of what was trained. */
        public String beside(Headline after) {
            return String.format(Locale.ROOT, "%s %.2f before, %.2f after (%s)", figure, value, after.value, after.of);
        }
    }
}
