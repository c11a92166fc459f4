/**
 * Text from a model: greedy, by beams or by sampling, and the likelihood of given answers; and pictures by a pipeline ({@link
 * org.loradash.generate.Painter}).
 *
 * <p>Lives here: {@link org.loradash.generate.Generator} and {@link org.loradash.generate.Likelihood}, which compute with
 * token ids; {@link org.loradash.generate.TextGenerator}, which has a tokenizer before and behind; {@link
 * org.loradash.generate.Tuned}, what a user names when they mean "this adapter", and {@link
 * org.loradash.generate.Merging}, which makes a plain model of it. Prompts of unequal length are computed end to end,
 * without padding; what the prompts of a batch have in common at their beginning is computed once; keys and values of
 * tokens lie in one cache, which a sequence reads through a list of slots, so that beams share what they have in common
 * and nothing is ever moved. Layers with a window hold no more of a sequence than it sees, and use slots again that no
 * sequence sees any more. Results have the same bits whatever the number of threads.
 *
 * <p>May call: adapter, model, autograd's forward, kernel, data's tokenizer, prompt and photo, config, {@code tsd}. Must not know:
 * training, tasks, how run directories are kept, Spark.
 */
package org.loradash.generate;
