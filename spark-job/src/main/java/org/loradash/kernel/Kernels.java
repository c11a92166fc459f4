package org.loradash.kernel;

/**
 * The operations of training and generation on row-major float32 matrices.
 *
 * <p>An instance belongs to one caller at a time and keeps scratch memory for it. Shapes are rows x columns; T is the
 * number of tokens computed together, sequences lying end to end. "+=" adds to what the destination holds, "=" overwrites
 * it. Destinations never overlap sources unless an operation says so. Tensors are dense unless an operation says that
 * they may have gaps. Shapes that do not fit are the caller's mistake and raise IllegalArgumentException.
 */
public interface Kernels extends AutoCloseable {

    /** Whether a factor of a product is taken as it lies or transposed. */
    enum Side {
        PLAIN,
        TRANSPOSED
    }

    /** Operations that check shapes and compute nothing, for tensors without memory. */
    static Kernels dry() {
        return new CheckedKernels(new DryKernels());
    }

    /** Which way a rotation turns: the backward of a rotation is the inverse one. */
    enum Rotation {
        FORWARD,
        INVERSE
    }

    /** c (m x n) = alpha * a (m x k) * b (k x n) + beta * c, each factor taken plain or transposed; all may have gaps. */
    void matmul(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta);

    /** out (rows of the range x columns) = rows [from, to) of the weight, as float32. */
    void expand(Weight weight, int from, int to, Tensor out);

    /** out (T x columns) row i = row indices[i] of the table, as float32. */
    void gather(Weight table, int[] indices, Tensor out);

    /** out (n x columns) row i = row indices[i] of x. */
    void gatherRows(Tensor x, int[] indices, Tensor out);

    /** out row indices[i] += x row i; the backward of {@link #gatherRows}. */
    void scatterRows(Tensor x, int[] indices, Tensor out);

    /** y += alpha * x, same shapes. */
    void add(Tensor x, float alpha, Tensor y);

    /** y = x, same shapes. */
    void copy(Tensor x, Tensor y);

    /**
     * Root mean square normalisation (arXiv 1910.07467): out = x * inverse * weight with inverse = 1 / sqrt(mean(x^2) +
     * epsilon) over each row.
     *
     * @param x T x d
     * @param weight 1 x d
     * @param out T x d
     * @param inverse T x 1, kept for the backward
     */
    void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out, Tensor inverse);

    /**
     * dx (T x d) += inverse * (dOut * weight - xhat * mean(dOut * weight * xhat)), xhat = x * inverse. Then dOut becomes what
     * the forward made, xhat * weight, so that it need not be kept.
     */
    void rmsNormBackward(Tensor dOut, Tensor x, Tensor weight, Tensor inverse, Tensor dx);

    /**
     * Rotary position embedding in place (arXiv 2104.09864, the half-split layout of LLaMA in transformers): for every
     * head of width d and i below d/2, (x_i, x_{i+d/2}) turns by the angle of (position, i).
     *
     * @param x T x (heads * d), may have gaps
     * @param cosines positions x d/2, sines likewise
     * @param positions T positions, each below the tables' rows
     */
    void rotate(Tensor x, int heads, Tensor cosines, Tensor sines, int[] positions, Rotation rotation);

    /**
     * Causal attention within each sequence, grouped queries sharing keys and values: out = softmax(scale * q k^T) v. All
     * may have gaps.
     *
     * @param q T x (heads * d)
     * @param k T x (keyHeads * d), v likewise; query head h uses key head h / (heads / keyHeads)
     * @param starts offsets of the sequences in the T rows, first 0, last T
     * @param out T x (heads * d)
     * @param logSumExp T x heads, log of the softmax's denominator (scaled scores), kept for the backward
     */
    void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor out,
            Tensor logSumExp);

    /** dq = ..., dk = ..., dv = ... (overwritten), given dOut and what the forward saw and made. All may have gaps. */
    void attentionBackward(
            Tensor dOut,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out,
            Tensor logSumExp,
            int[] starts,
            int heads,
            int keyHeads,
            float scale,
            Tensor dq,
            Tensor dk,
            Tensor dv);

    /**
     * Causal attention of the newest tokens of sequences to all of their tokens so far, whose keys and values lie in a
     * cache: out = softmax(scale * q k^T) v. q and out may have gaps.
     *
     * @param q T x (heads * d): the newest tokens of each sequence, one at least, sequences end to end
     * @param starts offsets of the sequences in the T rows, first 0, last T
     * @param keys (keyHeads * slots) x d, one key head's slots behind another's; values likewise
     * @param slots of each sequence: where its tokens lie in the cache, oldest first, the newest ones among them; sequences
     *     may share slots
     * @param lengths of each sequence: how many of its slots count
     * @param out T x (heads * d)
     */
    void cachedAttention(
            Tensor q,
            int[] starts,
            Tensor keys,
            Tensor values,
            int[][] slots,
            int[] lengths,
            int heads,
            int keyHeads,
            float scale,
            Tensor out);

    /**
     * Puts keys or values of tokens into a cache.
     *
     * @param x n x (keyHeads * d), may have gaps
     * @param slots n different ones
     * @param cache (keyHeads * slots) x d, one key head's slots behind another's
     */
    void writeSlots(Tensor x, int[] slots, int keyHeads, Tensor cache);

    /** out (T x 1) = log(sum(e^x)) over each row of x. */
    void logSumExp(Tensor x, Tensor out);

    /** SwiGLU (arXiv 2002.05202): out = gate * sigmoid(gate) * up, same shapes; gate and up may have gaps. */
    void swiGlu(Tensor gate, Tensor up, Tensor out);

    /**
     * In place: gate becomes its gradient, dOut * up * silu'(gate); up becomes its own, dOut * silu(gate); and dOut becomes
     * what the forward made, so that it need not be kept. Gate and up may have gaps.
     */
    void swiGluBackward(Tensor dOut, Tensor gate, Tensor up);

    /**
     * Cross-entropy of n tokens with its gradient in place.
     *
     * @param logits n x vocabulary; becomes scale * (softmax - onehot(target)) in each row
     * @param targets n token indices
     * @return the sum over the n tokens of -log softmax(target), unscaled
     */
    double crossEntropy(Tensor logits, int[] targets, float scale);

    /**
     * Inverted dropout (out = 0 with the given probability, else x / (1 - probability)) whose mask is a pure function of
     * (seed, row, column): the same call on the gradient is its backward. Both providers make the same mask.
     *
     * @param firstRow the number of x's first row in the whole that the mask is for
     */
    void dropout(Tensor x, long seed, int firstRow, float probability, Tensor out);

    /** out[:, from .. from + x.columns) = alpha * x. */
    void writeColumns(Tensor x, float alpha, Tensor out, int from);

    /** out += alpha * x[:, from .. from + out.columns). */
    void addColumns(Tensor x, int from, float alpha, Tensor out);

    /** out[:, from + j] = factors[j] * x[:, j] for every column j of x; factors is 1 x x.columns. */
    void writeScaledColumns(Tensor x, Tensor factors, Tensor out, int from);

    /** out[j] += sum over rows i of x[i, from + j] * y[i, j]; y is rows x s, out 1 x s. */
    void addColumnDots(Tensor x, int from, Tensor y, Tensor out);

    /**
     * AdamW's moments and step as PyTorch computes them, without the decay: m = beta1 m + (1 - beta1) g, v = beta2 v + (1
     * - beta2) g^2, and in place of g: rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
     *
     * @param t this step's number, from 1
     */
    void adam(Tensor gradient, Tensor m, Tensor v, AdamStep step);

    /** Lets go of the threads that compute beside the caller's, where there are any. */
    @Override
    default void close() {}

    /** @param t this step's number, from 1 */
    record AdamStep(double rate, double beta1, double beta2, double epsilon, int t) {}
}
