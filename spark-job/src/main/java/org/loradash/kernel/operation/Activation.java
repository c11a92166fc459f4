package org.loradash.kernel.operation;

/** A function that is applied to each element. */
public enum Activation {
    /** x P(X &lt;= x) for a standard normal X, which is x (1 + erf(x / sqrt 2)) / 2 (arXiv 1606.08415). */
    GELU,
    /** Its approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, of the same article. */
    GELU_TANH,
    /** Its older approximation x / (1 + e^-1.702x), of the same article. */
    GELU_QUICK,
    /** max(x, 0). */
    RELU,
    /** x / (1 + e^-x). */
    SILU,
    TANH;

    /** What x is multiplied by in the quick one. */
    public static final float QUICK = 1.702f;

    /** The approximation by tanh is x / (1 + e^-g) with g = x (this + {@link #OF_CUBE} x^2). */
    public static final float OF_LINE = (float) (2 * Math.sqrt(2 / Math.PI));

    public static final float OF_CUBE = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);
}
