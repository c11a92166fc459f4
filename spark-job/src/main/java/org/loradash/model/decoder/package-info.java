/**
 * LLaMA (arXiv 2302.13971) as transformers' LlamaForCausalLM lays it out: config.json, weights, forward.
 *
 * <p>What a config asks for and this package does not compute is refused by name, never ignored.
 */
package org.loradash.model.decoder;
