package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/**
 * A change of any rank: a linear layer's weight w becomes kept w + added.
 *
 * @param kept of the frozen weight; not trained
 * @param added outputs x inputs
 * @param addedGradient like added, added to by the backward; null where only a forward is computed
 */
public record Dense(float kept, Tensor added, Tensor addedGradient) {}
