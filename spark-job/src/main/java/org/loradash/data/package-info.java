/**
 * From the user's files to examples that are read by index: records, prompts, the tokenizer, stores of encoded records, and
 * which record is at which place of the training.
 *
 * <p>A {@link org.loradash.data.RecordReader} makes examples of a file's records ({@link org.loradash.data.Tokenisation} for
 * texts that are continued, conversations among them, {@link org.loradash.data.TextRecords} for texts with labels), a {@link org.loradash.data.Codec} turns them into bytes, {@link org.loradash.data.RecordStore} reads them by index
 * from a directory of shards, and {@link org.loradash.data.RecordOrder} says which record is at a position of the training.
 *
 * <p>May call: config, {@code tsd}. Must not know: Spark, ND4J, models, adapters and tasks; the size of the model's vocabulary
 * is handed in as a number.
 */
package org.loradash.data;
