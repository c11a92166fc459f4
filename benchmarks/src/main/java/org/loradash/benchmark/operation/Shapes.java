package org.loradash.benchmark.operation;

/** The sides of SmolLM2-135M's matrices, and of the slice of a batch that is computed at a time. */
final class Shapes {
    static final int TOKENS = 1024;
    static final int HIDDEN = 576;
    static final int INNER = 1536;
    static final int KEYS = 192;
    static final int HEADS = 9;
    static final int KEY_HEADS = 3;
    static final int RANK = 32;
    static final int VOCABULARY = 49152;

    /** Queries, keys and values, which are one product. */
    static final int QUERIES_KEYS_VALUES = HIDDEN + 2 * KEYS;

    /** Gate and up, which are one product. */
    static final int GATE_UP = 2 * INNER;

    /** Tokens whose logits exist at a time. */
    static final int LABELLED = 341;

    /** Where sequences of the records' usual lengths begin in the tokens. */
    static final int[] STARTS = {0, 61, 142, 248, 320, 423, 512, 573, 654, 760, 832, 935, TOKENS};

    private Shapes() {}
}
