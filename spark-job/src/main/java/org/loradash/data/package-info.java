/**
 * From the user's files to batches of tokens: records, prompts, the tokenizer, stores of tokenised records, and which
 * record is at which place of the training.
 *
 * <p>{@link org.loradash.data.Tokenisation} turns one file into one shard, {@link org.loradash.data.TokenStore} reads
 * records by index from a directory of shards, {@link org.loradash.data.RecordOrder} says which record is at a position
 * of the training, and {@link org.loradash.data.Batch} is what a model computes on.
 *
 * <p>May be called from {@code train}, {@code spark}, {@code evaluate} and {@code cli}. Must not be known here: Spark,
 * ND4J, models and adapters; the size of the model's vocabulary is handed in as a number.
 */
package org.loradash.data;
