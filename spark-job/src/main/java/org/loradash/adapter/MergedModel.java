package org.loradash.adapter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.Merge;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeTensor;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.TensorInfo;
import org.loradash.tsd.io.WholeFile;

/** A base model with changes in its weights, as a Hugging Face model directory of its own. */
public final class MergedModel {
    private static final String WEIGHTS = "model.safetensors";

    private MergedModel() {}

    /**
     * Writes config, tokenizer and every tensor of the base model, each in the type that it has there: those that change
     * rounded to that type once, and all others byte by byte. An output layer that is the embedding becomes a tensor of
     * its own where it changes, and the config says so. One changed tensor at a time is in memory. Files already there are
     * overwritten.
     *
     * @throws org.loradash.tsd.InvalidInput where a tensor's type cannot hold what an element becomes
     */
    public static void write(FileSystem files, Path directory, Merge merge, ModelDirectory base) {
        TensorDirectory weights = base.weights();
        Shape shape = base.shape();
        boolean unties = shape.linears().stream()
                .map(Target::weightName)
                .anyMatch(name -> !shape.source(name).equals(name) && merge.changes(name));
        Map<String, WholeTensor> whole = new LinkedHashMap<>();
        shape.modules().forEach(module -> module.tensors().forEach(tensor -> whole.put(tensor.name(), tensor)));
        Set<String> names = new LinkedHashSet<>(weights.names());
        Stream.concat(shape.linears().stream().map(Target::weightName), whole.keySet().stream())
                .filter(merge::changes)
                .forEach(names::add);
        List<NamedTensor> tensors = new ArrayList<>();
        for (String name : names) {
            String source = merge.changes(name) ? shape.source(name) : name;
            WholeTensor own = whole.get(name);
            boolean begins = merge.changes(name)
                    && own != null
                    && !new WeightFiles(weights, Storage.FLOAT32).has(source, own.shape());
            if (!begins) {
                TensorFile file = weights.file(source);
                tensors.add(
                        merge.changes(name)
                                ? merged(merge, name, file, file.tensor(source))
                                : new NamedTensor.Copied(file, file.tensor(name)));
            } else {
                tensors.add(begun(merge, own));
            }
        }
        try {
            files.mkdirs(directory);
            // First what may be refused.
            WholeFile.write(
                    files,
                    new Path(directory, WEIGHTS),
                    out -> SafetensorsWriter.write(out, Map.of("format", "pt"), tensors));
            for (Path companion : base.companions()) {
                Path copy = new Path(directory, companion.getName());
                Optional<String> otherwise =
                        companion.getName().equals(ModelConfig.FILE) ? otherwise(base, unties) : Optional.empty();
                if (otherwise.isPresent()) {
                    WholeFile.write(files, copy, otherwise.get());
                } else {
                    FileUtil.copy(base.files(), companion, files, copy, false, true, files.getConf());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    /** The config of a model with those changes, where it is to say something else than the base's. */
    static Optional<String> otherwise(ModelDirectory base, boolean unties) {
        ObjectNode given = (ObjectNode) ModelConfig.read(base.files(), base.path());
        ObjectNode told = base.shape().described(given.deepCopy());
        if (unties) {
            told.put("tie_word_embeddings", false);
        }
        return told.equals(given) ? Optional.empty() : Optional.of(told.toPrettyString());
    }

    /** A tensor of a module that was trained whole and that the base model's files do not have. */
    private static NamedTensor begun(Merge merge, WholeTensor tensor) {
        return NamedTensor.of(
                tensor.name(),
                merge.merged(tensor.name(), new float[tensor.elements()]),
                tensor.shape().stream().mapToLong(Integer::longValue).toArray());
    }

    private static NamedTensor merged(Merge merge, String name, TensorFile file, TensorInfo source) {
        return new NamedTensor.Rounded(
                name, source.type(), source.shape(), () -> merge.merged(name, file.readFloats(source.name())));
    }
}
