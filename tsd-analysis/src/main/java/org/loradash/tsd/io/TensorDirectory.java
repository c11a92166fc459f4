package org.loradash.tsd.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The weights of a Hugging Face model directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names. Where both are there the single file is read, as transformers does.
 * Tensors have the names of {@link TensorNames} here, whatever the files call them.
 */
public final class TensorDirectory implements Closeable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path directory;
    private final Map<String, TensorFile> filesByTensor;
    private final List<TensorFile> files;

    private TensorDirectory(Path directory, Map<String, TensorFile> filesByTensor, List<TensorFile> files) {
        this.directory = directory;
        this.filesByTensor = filesByTensor;
        this.files = files;
    }

    /**
     * Opens every file of the weights and checks their headers.
     *
     * @throws InvalidInput where there are no weights, a shard is missing or malformed, or the index names a file
     *     outside the directory or a tensor that its shard has not
     */
    public static TensorDirectory open(FileSystem fileSystem, Path directory) {
        Path single = new Path(directory, SINGLE);
        Path index = new Path(directory, INDEX);
        try {
            UnaryOperator<String> names = TensorNames.of(ModelConfig.type(fileSystem, directory));
            if (fileSystem.exists(single)) {
                TensorFile file = TensorFile.open(fileSystem, single, names);
                Map<String, TensorFile> byTensor = new LinkedHashMap<>();
                file.tensors().keySet().forEach(name -> byTensor.put(name, file));
                return new TensorDirectory(directory, Collections.unmodifiableMap(byTensor), List.of(file));
            }
            if (!fileSystem.exists(index)) {
                throw InvalidInput.of(
                        directory.toString(), "no weights", "must be a directory with " + SINGLE + " or " + INDEX);
            }
            return openShards(fileSystem, directory, ShardIndex.read(fileSystem, index), names);
        } catch (IOException failure) {
            throw Message.of(directory, failure);
        }
    }

    private static TensorDirectory openShards(
            FileSystem fileSystem, Path directory, ShardIndex index, UnaryOperator<String> names) {
        Map<String, TensorFile> shards = new LinkedHashMap<>();
        Map<String, TensorFile> byTensor = new LinkedHashMap<>();
        boolean opened = false;
        try {
            index.shardOfTensor().forEach((tensor, shardName) -> {
                TensorFile shard = shards.computeIfAbsent(
                        shardName, name -> TensorFile.open(fileSystem, new Path(directory, name), names));
                byTensor.put(shard.tensor(names.apply(tensor)).name(), shard);
            });
            opened = true;
        } finally {
            if (!opened) {
                shards.values().forEach(TensorFile::close);
            }
        }
        return new TensorDirectory(directory, Collections.unmodifiableMap(byTensor), List.copyOf(shards.values()));
    }

    /** The names of all tensors, in the order of the file or of the index. */
    public Set<String> names() {
        return filesByTensor.keySet();
    }

    /** Whether there is a tensor of that name. */
    public boolean contains(String name) {
        return filesByTensor.containsKey(name);
    }

    /**
     * The tensor of that name.
     *
     * @throws InvalidInput where there is none
     */
    public TensorInfo tensor(String name) {
        return file(name).tensor(name);
    }

    /**
     * The file that holds the tensor of that name.
     *
     * @throws InvalidInput where none does
     */
    public TensorFile file(String name) {
        TensorFile file = filesByTensor.get(name);
        if (file == null) {
            throw new InvalidInput(directory + ": no tensor " + Message.oneLine(name) + " (must be one of its "
                    + filesByTensor.size() + " tensors)");
        }
        return file;
    }

    /**
     * A whole tensor as float32; see {@link TensorFile#readFloats}.
     *
     * @throws InvalidInput where there is none, or it is not of a floating-point type, or too large for an array
     */
    public float[] readFloats(String name) {
        return file(name).readFloats(name);
    }

    /** The open files' paths. */
    public List<Path> files() {
        return files.stream().map(TensorFile::path).toList();
    }

    /** Closes every file. */
    @Override
    public void close() {
        files.forEach(TensorFile::close);
    }
}
