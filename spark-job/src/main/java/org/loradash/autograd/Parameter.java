package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/**
 * A tensor that is trained whole.
 *
 * @param value of any shape
 * @param gradient like value, added to by the backward; null where only a forward is computed
 */
public record Parameter(Tensor value, Tensor gradient) {}
