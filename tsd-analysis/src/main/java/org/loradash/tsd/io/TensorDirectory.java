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
 * The weights of a Hugging Face model directory: {@code model.safetensors}, the shards that {@code
 * model.safetensors.index.json} names, {@code pytorch_model.bin}, or the shards of {@code pytorch_model.bin.index.json}; of a
 * part of a diffusers pipeline {@code diffusion_pytorch_model.safetensors} likewise, or where there is none the variant {@code
 * fp16} of either name. The first of them that is there is read, as transformers and diffusers do. Tensors have the names of
 * {@link TensorNames} here, whatever the files call them.
 */
public final class TensorDirectory implements Closeable {
    private static final String INDEX = ".index.json";
    private static final List<Form> FORMS = List.of(
            Form.of("model.safetensors"),
            Form.of("pytorch_model.bin"),
            Form.of("diffusion_pytorch_model.safetensors"),
            new Form("model.fp16.safetensors", "model.safetensors.index.fp16.json"),
            new Form(
                    "diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.safetensors.index.fp16.json"));

    /** What weights are called as one file, and the index of their shards. */
    private record Form(String single, String index) {
        static Form of(String single) {
            return new Form(single, single + INDEX);
        }

        String ending() {
            return single.substring(single.lastIndexOf('.'));
        }
    }

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
        try {
            UnaryOperator<String> names = TensorNames.of(ModelConfig.type(fileSystem, directory));
            for (Form form : FORMS) {
                Path file = new Path(directory, form.single());
                Path index = new Path(directory, form.index());
                if (fileSystem.exists(file)) {
                    return ofOne(directory, TensorFile.open(fileSystem, file, names));
                }
                if (fileSystem.exists(index)) {
                    return openShards(fileSystem, directory, ShardIndex.read(fileSystem, index, form.ending()), names);
                }
            }
        } catch (IOException failure) {
            throw Message.of(directory, failure);
        }
        throw InvalidInput.of(
                directory.toString(),
                "no weights",
                "must be a directory with model.safetensors, pytorch_model.bin or diffusion_pytorch_model.safetensors, or with"
                        + " the " + INDEX + " of shards");
    }

    private static TensorDirectory ofOne(Path directory, TensorFile file) {
        Map<String, TensorFile> byTensor = new LinkedHashMap<>();
        file.tensors().keySet().forEach(name -> byTensor.put(name, file));
        return new TensorDirectory(directory, Collections.unmodifiableMap(byTensor), List.of(file));
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
