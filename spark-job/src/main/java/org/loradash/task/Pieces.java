package org.loradash.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.loradash.task.Viewer.Piece;

/** Cuts a text where its tokens are. */
public final class Pieces {
    private static final char INCOMPLETE = '\uFFFD';

    /** The most tokens that one character takes. */
    private static final int LONGEST = 8;

    private Pieces() {}

    /**
     * The text of each token. A token that holds a part of a character goes with those that hold the rest.
     *
     * @param decode the text of some tokens
     * @param labelled which tokens are learnt
     */
    public static List<Piece> of(int[] tokens, Function<int[], String> decode, IntPredicate labelled) {
        List<Piece> pieces = new ArrayList<>();
        for (int from = 0; from < tokens.length; ) {
            int to = from + 1;
            String text = decode.apply(new int[] {tokens[from]});
            while (text.indexOf(INCOMPLETE) >= 0
                    && to < tokens.length
                    && to - from < LONGEST
                    && labelled.test(to) == labelled.test(from)) {
                to++;
                text = decode.apply(Arrays.copyOfRange(tokens, from, to));
            }
            pieces.add(new Piece(text, labelled.test(from)));
            from = to;
        }
        return pieces;
    }
}
