/**
 * Tokenizers of Hugging Face model directories, as they lie on the hub.
 *
 * <p>{@link org.loradash.data.tokenizer.Tokenizer} makes tokens of texts that go on, for language models;
 * {@link org.loradash.data.tokenizer.TextTokenizer} of whole texts and pairs, for encoders. Both hand
 * {@code tokenizer.json} to the library of Hugging Face. A directory that has none has one made of its other files: a
 * {@link org.loradash.data.tokenizer.TokenizerForm} for each kind.
 *
 * <p>May call: what lies in data, {@code tsd}. Must not know: records, tasks and models.
 */
package org.loradash.data.tokenizer;
