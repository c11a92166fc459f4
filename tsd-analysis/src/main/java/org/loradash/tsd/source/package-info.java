/**
 * Where weights and their changes come from: a model's linear layers ({@link org.loradash.tsd.source.BaseModel}), and
 * what a task made of them ({@link org.loradash.tsd.source.ChangeSource}): another model of the same shape
 * ({@link org.loradash.tsd.source.TunedModel}), a PEFT adapter ({@link org.loradash.tsd.source.PeftLora}), or a run
 * directory of the training job ({@link org.loradash.tsd.source.JobRun}), which holds an adapter or a model. All on any Hadoop file
 * system, one matrix at a time.
 *
 * <p>Files are hostile until checked. May call: direction (for what a change is), cache, io. Must not know: how anything is decomposed
 * or projected.
 */
package org.loradash.tsd.source;
