/**
 * Decoders, which continue texts: config, weights and a forward over sequences that lie end to end, or over the newest tokens
 * of sequences in a cache.
 *
 * <p>Today that is LLaMA (arXiv 2302.13971) as transformers' LlamaForCausalLM lays it out. What a config asks for and this package
 * does not compute is refused by name, never ignored.
 *
 * <p>May call: model and below. Must not know: methods, tasks, records, Spark.
 */
package org.loradash.model.decoder;
