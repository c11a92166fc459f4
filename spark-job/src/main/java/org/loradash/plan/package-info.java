/**
 * What a run will take of memory, told before it starts.
 *
 * <p>Lives here: {@link org.loradash.plan.MemoryPlan}, from settings and shapes to bytes. It goes through a training step on
 * shapes without memory.
 *
 * <p>May call: train, task, adapter, model and below. Must not know: one kind of task or model, Spark, what machines have,
 * files.
 */
package org.loradash.plan;
