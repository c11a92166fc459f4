/**
 * Files of tensors on any Hadoop file system: one file, safetensors or what torch.save made of a state dictionary ({@link
 * org.loradash.tsd.io.TensorFile}), a Hugging Face model directory with one file or with shards ({@link
 * org.loradash.tsd.io.TensorDirectory}), where tensors have one name each whatever the files call them ({@link
 * org.loradash.tsd.io.TensorNames}), and writing safetensors ({@link org.loradash.tsd.io.SafetensorsWriter}); elements that are not finite are refused in both. Numbers in half
 * precision ({@link org.loradash.tsd.io.HalfPrecision}). Small JSON files too ({@link org.loradash.tsd.io.JsonFile}), and
 * files that appear whole or not at all ({@link org.loradash.tsd.io.WholeFile}). Files are hostile until checked: nothing
 * is allocated from a number in a file before that number has been compared with the file's size.
 *
 * <p>A file that is missing, cut or malformed is an {@link org.loradash.tsd.InvalidInput} of one line. A storage that
 * fails while reading a good file is an {@link java.io.UncheckedIOException}, because trying again may help.
 *
 * <p>May call: no other package of {@code tsd} but the one above it. Must not know: what the tensors mean; models, adapters
 * and directions live elsewhere.
 */
package org.loradash.tsd.io;
