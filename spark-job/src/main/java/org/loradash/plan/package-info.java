/**
 * What a run will take of memory, told before it starts.
 *
 * <p>Lives here: {@link org.loradash.plan.MemoryPlan}, from settings and shapes to bytes. May be called: the model and the
 * training step on shapes without memory. Must not be known here: Spark, what machines have, files.
 */
package org.loradash.plan;
