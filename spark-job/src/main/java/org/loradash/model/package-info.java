/**
 * What a model says of itself to be adapted, and its files.
 *
 * <p>An {@link org.loradash.model.Architecture} reads a config.json or leaves it to others, and makes a {@link
 * org.loradash.model.Shape} of it: the linear layers that can be adapted, the modules that can be trained whole, and how
 * weights become a {@link org.loradash.model.Backbone} in memory, or one of shapes alone. A {@link
 * org.loradash.model.Projection} computes linear layers with what {@link org.loradash.model.Changes} say of them. Kinds of
 * models have packages of their own below this one; what they compute is between them and the tasks that train them.
 *
 * <p>May call: autograd, kernel, config, {@code tsd}. Must not know: methods, tasks, optimisers, Spark.
 */
package org.loradash.model;
