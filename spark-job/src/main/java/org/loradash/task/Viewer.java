package org.loradash.task;

import java.util.List;
import java.util.Optional;

/**
 * Shows an example as a model sees it. Any number of threads may use one; close it to free its memory.
 *
 * @param <E> an example
 */
public interface Viewer<E> extends AutoCloseable {
    /** What an example is: a function of the example alone. */
    View of(E example);

    @Override
    void close();

    /**
     * An example.
     *
     * @param text that its tokens are, special ones too; empty where whose tokens they are is not known
     * @param tokens n of them
     * @param pieces the texts of consecutive tokens, each of one or more, with what is learnt of them
     * @param labels n tokens, or -100 where nothing is learnt; empty where something is learnt of the whole
     * @param label what is learnt of the whole: the index of a class or a number
     * @param className of that class, where it has one
     */
    record View(
            String text,
            int[] tokens,
            List<Piece> pieces,
            Optional<int[]> labels,
            Optional<Number> label,
            Optional<String> className) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /**
     * A piece of a text: a token, or the tokens that a character takes.
     *
     * @param labelled whether it is learnt
     */
    record Piece(String text, boolean labelled) {}
}
