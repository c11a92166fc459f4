/**
 * Encoders: BERT, RoBERTa and DeBERTaV2/V3, with a head that says something of a text. One forward computes where they agree; a
 * file each reads a config and says what a family's layers are called.
 *
 * <p>May call: model, autograd, kernel. Must not know: tasks, data, methods, optimisers, Spark.
 */
package org.loradash.model.encoder;
