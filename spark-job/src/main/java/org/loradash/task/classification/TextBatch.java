package org.loradash.task.classification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.data.LabelledTokens;

/**
 * Texts laid end to end, without padding.
 *
 * @param tokens T token ids
 * @param types T token types
 * @param starts where each text begins, and T at the end: one more than there are texts
 * @param labels of each text
 * @param examples the number of each text in the batch that this one is, or is a slice of
 */
public record TextBatch(int[] tokens, byte[] types, int[] starts, float[] labels, int[] examples) {

    /** The texts in the order given. */
    public static TextBatch of(List<LabelledTokens> texts) {
        return of(texts, IntStream.range(0, texts.size()).toArray());
    }

    private static TextBatch of(List<LabelledTokens> texts, int[] examples) {
        int[] starts = new int[texts.size() + 1];
        for (int i = 0; i < texts.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], texts.get(i).length());
        }
        int[] tokens = new int[starts[texts.size()]];
        byte[] types = new byte[tokens.length];
        float[] labels = new float[texts.size()];
        for (int i = 0; i < texts.size(); i++) {
            LabelledTokens text = texts.get(i);
            System.arraycopy(text.tokens(), 0, tokens, starts[i], text.length());
            System.arraycopy(text.types(), 0, types, starts[i], text.length());
            labels[i] = text.label();
        }
        return new TextBatch(tokens, types, starts, labels, examples);
    }

    /** How many texts. */
    public int texts() {
        return labels.length;
    }

    /** How many tokens each text has. */
    int[] lengths() {
        return IntStream.range(0, texts()).map(i -> starts[i + 1] - starts[i]).toArray();
    }

    /** Chosen texts as a batch. */
    TextBatch only(int[] chosen) {
        List<LabelledTokens> texts = new ArrayList<>();
        for (int i : chosen) {
            texts.add(new LabelledTokens(
                    Arrays.copyOfRange(tokens, starts[i], starts[i + 1]),
                    Arrays.copyOfRange(types, starts[i], starts[i + 1]),
                    labels[i]));
        }
        return of(texts, IntStream.of(chosen).map(i -> examples[i]).toArray());
    }
}
