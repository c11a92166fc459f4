/**
 * Methods of adaptation: how one starts, what it adds to a linear layer, how gradients come back to its parameters, and
 * what it exports.
 *
 * <p>Every method but full fine-tuning adds a low-rank change b a to a frozen weight, whatever its trainable parameters
 * are; {@link
 * org.loradash.adapter.Method} is what one of them has to say, a file each, and {@link
 * org.loradash.adapter.TargetMethod} the same on one target. {@link org.loradash.adapter.Adapter} lays the parameters of
 * all targets out in one flat vector: every target's factors first, then, after the boundary, every target's coordinates.
 * What is frozen beside the weights travels with it: the singular triplets that a method starts from, the chosen
 * directions.
 *
 * <p>What an adapter does to a model, whether a run has trained it or files hold it, is one set of {@link
 * org.loradash.adapter.ModuleChanges}: applied beside the weights, merged into them as they are read ({@link
 * org.loradash.adapter.ModuleChanges#merge}) or written ({@link org.loradash.adapter.MergedModel}), or exported ({@link
 * org.loradash.adapter.PeftAdapter}, which also reads).
 *
 * <p>May be called: model (for targets), autograd, kernel, {@code tsd.io}. Must not be known here:
 * optimisers, batches, Spark.
 */
package org.loradash.adapter;
