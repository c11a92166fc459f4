/**
 * Extra tests on a real model and real records, and against stock PEFT. They need what the project does not hold, named by
 * environment variables, and are skipped without it:
 *
 * <ul>
 *   <li>{@code LORADASH_SMOLLM2}: SmolLM2-135M-Instruct as a Hugging Face model directory
 *   <li>{@code LORADASH_ARC_EASY}: ARC-Easy's train.json of LLM-Adapters
 *   <li>{@code LORADASH_COMMONSENSE}: the folder of LLM-Adapters' data sets, with ARC-Easy/test.json and boolq/test.json
 *   <li>{@code LORADASH_GLUE}: the folder of GLUE's tasks, with train.tsv of CoLA, RTE and SST-2, and
 *       MRPC/msr_paraphrase_train.txt
 *   <li>{@code LORADASH_MINILM}: all-MiniLM-L6-v2 as a Hugging Face model directory
 *   <li>{@code LORADASH_PYTHON}: a Python with what src-test-data/python/requirements.txt names; alone enough for {@code
 *       DecoderGenerationTest}, {@code MergedModelTest}, {@code MethodExportTest} and {@code RealMlflowTest} of the command, whose models are
 *       fixtures
 * </ul>
 */
package org.loradash.reference;
