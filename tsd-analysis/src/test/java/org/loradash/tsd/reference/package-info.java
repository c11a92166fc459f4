/**
 * Extra tests on a real model. They need what the project does not hold, named by environment variables, and are skipped
 * without it:
 *
 * <ul>
 *   <li>{@code LORADASH_SMOLLM2}: SmolLM2-135M-Instruct as a Hugging Face model directory
 * </ul>
 */
package org.loradash.tsd.reference;
