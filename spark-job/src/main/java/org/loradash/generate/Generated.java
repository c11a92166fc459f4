package org.loradash.generate;

import java.util.Arrays;

/**
 * What a model said to a prompt.
 *
 * @param tokens the new ones, without the one that ends the text
 * @param ended whether such a token came, or the most tokens were reached
 */
public record Generated(int[] tokens, boolean ended) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Generated that && ended == that.ended && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + Boolean.hashCode(ended);
    }

    @Override
    public String toString() {
        return "Generated[tokens=" + Arrays.toString(tokens) + ", ended=" + ended + "]";
    }
}
