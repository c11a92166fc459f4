package org.loradash.tsd.prediction;

import org.loradash.tsd.InvalidInput;

/**
 * How far down the two rankings a prediction of directions is judged.
 *
 * @param recalled how many of the best true directions should have been predicted
 * @param predicted how many of the best predicted ones count as predicted
 * @param accepted among how many of the best true ones a predicted one is right
 */
public record Cutoffs(int recalled, int predicted, int accepted) {
    /** Those of the article: the top 4 among the 8 predicted; the 8 predicted within the top 16. */
    public static final Cutoffs ARTICLE = new Cutoffs(4, 8, 16);

    public Cutoffs {
        check("--recalled", recalled);
        check("--predicted", predicted);
        check("--accepted", accepted);
    }

    private static void check(String name, int value) {
        if (value < 1) {
            throw InvalidInput.of(name, value, "must be at least 1");
        }
    }
}
