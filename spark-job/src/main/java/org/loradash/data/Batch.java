package org.loradash.data;

/**
 * Sequences laid end to end, without padding.
 *
 * @param tokens T token ids
 * @param targets T: the token to be predicted at a position, or -1
 * @param starts where each sequence begins, and T at the end: one more than there are sequences
 */
public record Batch(int[] tokens, int[] targets, int[] starts) {

    /** How many positions have a target. */
    public int labelledTokens() {
        int labelled = 0;
        for (int target : targets) {
            if (target >= 0) {
                labelled++;
            }
        }
        return labelled;
    }
}
