/**
 * Extra tests on a real model and real records, and against stock PEFT. They need what the project does not hold, named by
 * environment variables, and are skipped without it:
 *
 * <ul>
 *   <li>{@code LORADASH_SMOLLM2}: SmolLM2-135M-Instruct as a Hugging Face model directory
 *   <li>{@code LORADASH_ARC_EASY}: ARC-Easy's train.json of LLM-Adapters
 *   <li>{@code LORADASH_COMMONSENSE}: the folder of LLM-Adapters' data sets, with ARC-Easy/test.json and boolq/test.json
 *   <li>{@code LORADASH_GLUE}: the folder of GLUE's tasks, with RTE/train.tsv
 *   <li>{@code LORADASH_MINILM}: nreimers/MiniLM-L6-H384-uncased as a Hugging Face model directory
 *   <li>{@code LORADASH_PYTHON}: a Python with what src-test-data/python/requirements.txt names; alone enough for {@code
 *       MergedModelTest} and {@code MethodExportTest}, whose models are fixtures
 * </ul>
 */
package org.loradash.reference;
