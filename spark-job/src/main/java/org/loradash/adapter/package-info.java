/**
 * Methods: how one starts, what it adds to a linear layer, how gradients come back to its parameters, and what it exports.
 *
 * <p>Every method but full fine-tuning adds a low-rank change b a to a frozen weight, whatever its trainable parameters
 * are; {@link org.loradash.adapter.Method} is what one of them has to say, a file each, and {@link
 * org.loradash.adapter.TargetMethod} the same on one target. {@link org.loradash.adapter.Adapter} lays all that is trained
 * out in one flat vector: every target's factors, then the modules that are trained whole, then, after the boundary, every
 * target's coordinates. What is frozen beside the weights travels with it: the singular triplets that a method starts from, the
 * chosen directions.
 *
 * <p>What an adapter does to a model, whether a run has trained it or files hold it, is one set of {@link
 * org.loradash.adapter.ModuleChanges}: applied beside the weights, merged into them as they are read ({@link
 * org.loradash.adapter.ModuleChanges#merge}) or written ({@link org.loradash.adapter.MergedModel}), or exported ({@link
 * org.loradash.adapter.PeftAdapter}, which also reads).
 *
 * <p>May call: model, autograd, kernel, config, {@code tsd}. Must not know: kinds of models, tasks and their batches, optimisers,
 * Spark.
 */
package org.loradash.adapter;
