/**
 * Decoders, which continue texts: config, weights and a forward over sequences that lie end to end, or over the newest tokens
 * of sequences in a cache.
 *
 * <p>All have one forward, over a {@link org.loradash.model.decoder.DecoderConfig}. Each architecture is a file that reads its
 * config, as transformers 4 and 5 write it, with the defaults of its own class there. What a config asks for and this package
 * does not compute is refused by name, never ignored.
 *
 * <p>May call: model and below. Must not know: methods, tasks, records, Spark.
 */
package org.loradash.model.decoder;
