package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.INNER;
import static org.loradash.benchmark.operation.Shapes.KEYS;
import static org.loradash.benchmark.operation.Shapes.LABELLED;
import static org.loradash.benchmark.operation.Shapes.RANK;
import static org.loradash.benchmark.operation.Shapes.TOKENS;
import static org.loradash.benchmark.operation.Shapes.VOCABULARY;
import static org.loradash.kernel.Kernels.Side.PLAIN;
import static org.loradash.kernel.Kernels.Side.TRANSPOSED;

import org.loradash.kernel.Kernels.Side;

/** The matrix products of a step, by what they make: c (m x n) = a (m x k) b (k x n), or += where beta is 1. */
public enum StepProduct {
    QUERY("x Wq^T", TOKENS, HIDDEN, HIDDEN, PLAIN, TRANSPOSED, 0),
    KEY("x Wk^T", TOKENS, KEYS, HIDDEN, PLAIN, TRANSPOSED, 0),
    UP("x Wup^T", TOKENS, INNER, HIDDEN, PLAIN, TRANSPOSED, 0),
    DOWN("h Wdown^T", TOKENS, HIDDEN, INNER, PLAIN, TRANSPOSED, 0),
    QUERY_BACKWARD("dq Wq", TOKENS, HIDDEN, HIDDEN, PLAIN, PLAIN, 1),
    KEY_BACKWARD("dk Wk", TOKENS, HIDDEN, KEYS, PLAIN, PLAIN, 1),
    UP_BACKWARD("dup Wup", TOKENS, HIDDEN, INNER, PLAIN, PLAIN, 1),
    DOWN_BACKWARD("dy Wdown", TOKENS, INNER, HIDDEN, PLAIN, PLAIN, 0),
    INNER_OF_UP("x A^T", TOKENS, RANK, HIDDEN, PLAIN, TRANSPOSED, 0),
    INNER_OF_DOWN("h A^T", TOKENS, RANK, INNER, PLAIN, TRANSPOSED, 0),
    CHANGE_OF_UP("(x A^T) B^T", TOKENS, INNER, RANK, PLAIN, TRANSPOSED, 1),
    INNER_GRADIENT("dup B", TOKENS, RANK, INNER, PLAIN, PLAIN, 0),
    B_GRADIENT("dup^T (x A^T)", INNER, RANK, TOKENS, TRANSPOSED, PLAIN, 0),
    A_GRADIENT("(dup B)^T x", RANK, HIDDEN, TOKENS, TRANSPOSED, PLAIN, 0),
    INPUT_GRADIENT("(dup B) A", TOKENS, HIDDEN, RANK, PLAIN, PLAIN, 1),
    LOGITS("head x^T", VOCABULARY, LABELLED, HIDDEN, PLAIN, TRANSPOSED, 0),
    LOGITS_BACKWARD("dlogits^T head", LABELLED, HIDDEN, VOCABULARY, TRANSPOSED, PLAIN, 0);

    final String formula;
    final int m;
    final int n;
    final int k;
    final Side sideOfA;
    final Side sideOfB;
    final float beta;

    StepProduct(String formula, int m, int n, int k, Side sideOfA, Side sideOfB, int beta) {
        this.formula = formula;
        this.m = m;
        this.n = n;
        this.k = k;
        this.sideOfA = sideOfA;
        this.sideOfB = sideOfB;
        this.beta = beta;
    }

    /** As tables name it. */
    public String label() {
        return "%s (%d x %d x %d)".formatted(formula, m, n, k);
    }
}
