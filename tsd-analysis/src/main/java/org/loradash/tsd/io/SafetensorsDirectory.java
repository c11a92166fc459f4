package org.loradash.tsd.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The weights of a Hugging Face model directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names. Where both are there the single file is read, as transformers does.
 */
public final class SafetensorsDirectory implements Closeable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path directory;
    private final Map<String, SafetensorsFile> filesByTensor;
    private final List<SafetensorsFile> files;

    private SafetensorsDirectory(
            Path directory, Map<String, SafetensorsFile> filesByTensor, List<SafetensorsFile> files) {
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
    public static SafetensorsDirectory open(FileSystem fileSystem, Path directory) {
        Path single = new Path(directory, SINGLE);
        Path index = new Path(directory, INDEX);
        try {
            if (fileSystem.exists(single)) {
                SafetensorsFile file = SafetensorsFile.open(fileSystem, single);
                Map<String, SafetensorsFile> byTensor = new LinkedHashMap<>();
                file.tensors().keySet().forEach(name -> byTensor.put(name, file));
                return new SafetensorsDirectory(directory, Collections.unmodifiableMap(byTensor), List.of(file));
            }
            if (!fileSystem.exists(index)) {
                throw InvalidInput.of(
                        directory.toString(), "no weights", "must be a directory with " + SINGLE + " or " + INDEX);
            }
            return openShards(fileSystem, directory, ShardIndex.read(fileSystem, index));
        } catch (IOException failure) {
            throw Message.of(directory, failure);
        }
    }

    private static SafetensorsDirectory openShards(FileSystem fileSystem, Path directory, ShardIndex index) {
        Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
        Map<String, SafetensorsFile> byTensor = new LinkedHashMap<>();
        boolean opened = false;
        try {
            index.shardOfTensor().forEach((tensor, shardName) -> {
                SafetensorsFile shard = shards.computeIfAbsent(
                        shardName, name -> SafetensorsFile.open(fileSystem, new Path(directory, name)));
                shard.tensor(tensor);
                byTensor.put(tensor, shard);
            });
            opened = true;
        } finally {
            if (!opened) {
                shards.values().forEach(SafetensorsFile::close);
            }
        }
        return new SafetensorsDirectory(directory, Collections.unmodifiableMap(byTensor), List.copyOf(shards.values()));
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
    public SafetensorsFile file(String name) {
        SafetensorsFile file = filesByTensor.get(name);
        if (file == null) {
            throw new InvalidInput(directory + ": no tensor " + Message.oneLine(name) + " (must be one of its "
                    + filesByTensor.size() + " tensors)");
        }
        return file;
    }

    /**
     * A whole tensor as float32; see {@link SafetensorsFile#readFloats}.
     *
     * @throws InvalidInput where there is none, or it is not of a floating-point type, or too large for an array
     */
    public float[] readFloats(String name) {
        return file(name).readFloats(name);
    }

    /** The open files' paths. */
    public List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    /** Closes every file. */
    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
