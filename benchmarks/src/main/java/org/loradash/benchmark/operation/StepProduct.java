package org.loradash.benchmark.operation;

import static org.loradash.benchmark.operation.Shapes.GATE_UP;
import static org.loradash.benchmark.operation.Shapes.HIDDEN;
import static org.loradash.benchmark.operation.Shapes.INNER;
import static org.loradash.benchmark.operation.Shapes.KEYS;
import static org.loradash.benchmark.operation.Shapes.LABELLED;
import static org.loradash.benchmark.operation.Shapes.QUERIES_KEYS_VALUES;
import static org.loradash.benchmark.operation.Shapes.RANK;
import static org.loradash.benchmark.operation.Shapes.TOKENS;
import static org.loradash.benchmark.operation.Shapes.VOCABULARY;
import static org.loradash.kernel.operation.MatrixProduct.Side.PLAIN;
import static org.loradash.kernel.operation.MatrixProduct.Side.TRANSPOSED;

import org.loradash.kernel.operation.MatrixProduct.Side;

/** The matrix products of a step, by what they make: c (m x n) = a (m x k) b (k x n), or += where beta is 1. */
public enum StepProduct {
    QUERY_KEY_VALUE("x Wqkv^T", TOKENS, QUERIES_KEYS_VALUES, HIDDEN, PLAIN, TRANSPOSED, 0),
    OUTPUT("h Wo^T", TOKENS, HIDDEN, HIDDEN, PLAIN, TRANSPOSED, 0),
    GATE_AND_UP("x Wgateup^T", TOKENS, GATE_UP, HIDDEN, PLAIN, TRANSPOSED, 0),
    DOWN("h Wdown^T", TOKENS, HIDDEN, INNER, PLAIN, TRANSPOSED, 0),
    QUERY_KEY_VALUE_BACKWARD("dqkv Wqkv", TOKENS, HIDDEN, QUERIES_KEYS_VALUES, PLAIN, PLAIN, 0),
    OUTPUT_BACKWARD("dy Wo", TOKENS, HIDDEN, HIDDEN, PLAIN, PLAIN, 0),
    GATE_AND_UP_BACKWARD("dgateup Wgateup", TOKENS, HIDDEN, GATE_UP, PLAIN, PLAIN, 0),
    DOWN_BACKWARD("dy Wdown", TOKENS, INNER, HIDDEN, PLAIN, PLAIN, 0),
    INNER_OF_QUERY_KEY_VALUE("x Aqkv^T", TOKENS, 3 * RANK, HIDDEN, PLAIN, TRANSPOSED, 0),
    INNER_OF_UP("x A^T", TOKENS, RANK, HIDDEN, PLAIN, TRANSPOSED, 0),
    INNER_OF_DOWN("h A^T", TOKENS, RANK, INNER, PLAIN, TRANSPOSED, 0),
    CHANGE_OF_KEY("(x A^T) Bk^T", TOKENS, KEYS, RANK, PLAIN, TRANSPOSED, 1),
    CHANGE_OF_QUERY("(x A^T) Bq^T", TOKENS, HIDDEN, RANK, PLAIN, TRANSPOSED, 1),
    CHANGE_OF_UP("(x A^T) Bup^T", TOKENS, INNER, RANK, PLAIN, TRANSPOSED, 1),
    INNER_GRADIENT("dup B", TOKENS, RANK, INNER, PLAIN, PLAIN, 0),
    B_GRADIENT("dup^T (x A^T)", INNER, RANK, TOKENS, TRANSPOSED, PLAIN, 1),
    A_GRADIENT("(dup B)^T x", RANK, HIDDEN, TOKENS, TRANSPOSED, PLAIN, 1),
    A_GRADIENT_OF_QUERY_KEY_VALUE("(dqkv B)^T x", 3 * RANK, HIDDEN, TOKENS, TRANSPOSED, PLAIN, 1),
    INPUT_GRADIENT("(dup B) A", TOKENS, HIDDEN, RANK, PLAIN, PLAIN, 1),
    INPUT_GRADIENT_OF_QUERY_KEY_VALUE("(dqkv B) Aqkv", TOKENS, HIDDEN, 3 * RANK, PLAIN, PLAIN, 1),
    LOGITS("x head^T", LABELLED, VOCABULARY, HIDDEN, PLAIN, TRANSPOSED, 0),
    LOGITS_BACKWARD("dlogits head", LABELLED, HIDDEN, VOCABULARY, PLAIN, PLAIN, 0);

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
