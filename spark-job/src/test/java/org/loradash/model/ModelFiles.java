package org.loradash.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.loradash.Fixtures;
import org.loradash.tsd.io.ElementType;
import org.loradash.tsd.io.HalfPrecision;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.TensorDirectory;

/** A model's files, to be changed and written elsewhere. */
final class ModelFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    final ObjectNode config;
    final Map<String, NamedTensor> tensors = new TreeMap<>();

    private ModelFiles(ObjectNode config) {
        this.config = config;
    }

    static ModelFiles of(String fixture) {
        ModelFiles files =
                new ModelFiles((ObjectNode) Fixtures.json(Fixtures.path(fixture).resolve("config.json")));
        try (TensorDirectory weights = TensorDirectory.open(Fixtures.localFiles(), Fixtures.hadoopPath(fixture))) {
            for (String name : weights.names()) {
                files.put(name, weights.readFloats(name), weights.tensor(name).shape());
            }
        }
        return files;
    }

    void put(String name, float[] values, long... shape) {
        tensors.put(name, NamedTensor.of(name, values, shape));
    }

    void put(String name, long[] values, long... shape) {
        tensors.put(name, NamedTensor.of(name, values, shape));
    }

    void write(Path directory) throws IOException {
        writeConfig(directory);
        writeTensors(directory.resolve("model.safetensors"), List.copyOf(tensors.values()));
    }

    /** Writes the tensors in turn to so many shards, with their index. */
    void writeShards(Path directory, int shards) throws IOException {
        writeConfig(directory);
        List<List<NamedTensor>> parts = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            parts.add(new ArrayList<>());
        }
        ObjectNode index = JSON.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        int next = 0;
        for (NamedTensor tensor : tensors.values()) {
            int shard = next++ % shards;
            parts.get(shard).add(tensor);
            map.put(tensor.name(), shardName(shard, shards));
        }
        for (int i = 0; i < shards; i++) {
            writeTensors(directory.resolve(shardName(i, shards)), parts.get(i));
        }
        Files.write(directory.resolve("model.safetensors.index.json"), JSON.writeValueAsBytes(index));
    }

    /** Writes every tensor in a 16-bit type. */
    void writeHalf(Path directory, ElementType type) throws IOException {
        writeConfig(directory);
        ObjectNode header = JSON.createObjectNode();
        long offset = 0;
        for (NamedTensor tensor : tensors.values()) {
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", type.name());
            for (long dimension : tensor.shape()) {
                entry.withArray("shape").add(dimension);
            }
            long end = offset + 2L * tensor.elements();
            entry.withArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate((int) (8 + json.length + offset)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (NamedTensor tensor : tensors.values()) {
            for (float value : ((NamedTensor.Floats) tensor).data()) {
                bytes.putShort(
                        type == ElementType.BF16 ? HalfPrecision.toBfloat16(value) : HalfPrecision.toFloat16(value));
            }
        }
        Files.write(directory.resolve("model.safetensors"), bytes.array());
    }

    void writeConfig(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve("config.json"), JSON.writeValueAsBytes(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String shardName(int shard, int shards) {
        return "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
    }

    private static void writeTensors(Path file, List<NamedTensor> tensors) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            SafetensorsWriter.write(out, Map.of(), tensors);
        }
    }
}
