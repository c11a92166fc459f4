package org.loradash.benchmark.kernel;

/** The kinds of operations that a step's time goes to. */
public enum Operation {
    PRODUCT("products"),
    LOW_RANK_PRODUCT("low-rank products"),
    EXPAND("expanding half precision"),
    GATHER("gathering rows"),
    ADD("adding and copying"),
    NORM("rmsNorm"),
    NORM_BACKWARD("rmsNorm backward"),
    ROTATE("rotary positions"),
    ATTENTION("attention"),
    ATTENTION_BACKWARD("attention backward"),
    SWIGLU("swiGlu"),
    SWIGLU_BACKWARD("swiGlu backward"),
    CROSS_ENTROPY("cross-entropy"),
    DROPOUT("dropout"),
    COLUMNS("columns of factors"),
    ADAM("adam");

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    /** As tables name it. */
    public String label() {
        return label;
    }
}
