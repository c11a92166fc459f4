package org.loradash.config;

import java.util.Locale;

/** What is told of how good a model is on records that it was not trained on. */
public enum Figure {
    /** The mean loss of the task. */
    LOSS,
    /** The share of examples whose class is predicted. */
    ACCURACY,
    /** F1 of class 1, where there are two classes. */
    F1,
    /** The mean of all classes' F1. */
    MACRO_F1,
    /** Matthews' correlation coefficient. */
    MATTHEWS,
    /** Pearson's correlation of values and labels. */
    PEARSON,
    /** Spearman's correlation of their ranks. */
    SPEARMAN;

    /** Its name in files: macro_f1. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name in settings and for people: macro-f1. */
    public String title() {
        return key().replace('_', '-');
    }
}
