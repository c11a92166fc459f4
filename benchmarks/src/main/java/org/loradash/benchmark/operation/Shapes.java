package org.loradash.benchmark.operation;

/** The sides of SmolLM2-135M's matrices, and of the part of a batch that a thread computes at a time. */
final class Shapes {
    static final int TOKENS = 512;
    static final int HIDDEN = 576;
    static final int INNER = 1536;
    static final int KEYS = 192;
    static final int HEADS = 9;
    static final int KEY_HEADS = 3;
    static final int RANK = 32;
    static final int VOCABULARY = 49152;

    /** Tokens whose logits exist at a time. */
    static final int LABELLED = 341;

    /** Where sequences of the records' usual lengths begin in the tokens. */
    static final int[] STARTS = {0, 61, 142, 248, 320, 423, TOKENS};

    private Shapes() {}
}
