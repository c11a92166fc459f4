package org.loradash.tsd.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/** Which shard holds which tensor: the {@code weight_map} of an index such as {@code model.safetensors.index.json}. */
record ShardIndex(Map<String, String> shardOfTensor) {
    private static final int LONGEST = SafetensorsHeader.LONGEST;

    /** A plain name: nothing in it can lead out of the directory, or be taken for another file system. */
    private static final Pattern SHARD_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /**
     * Reads the index.
     *
     * @param ending of the shards' names
     * @throws InvalidInput where it is malformed or names anything but plain shard files
     */
    static ShardIndex read(FileSystem fileSystem, Path path, String ending) {
        return of(path, JsonFile.object(fileSystem, path, LONGEST), ending);
    }

    private static ShardIndex of(Path path, JsonNode index, String ending) {
        JsonNode weightMap = index.path("weight_map");
        if (!weightMap.isObject()) {
            throw new InvalidInput(path + ": weight_map (must be a JSON object from tensor to shard file)");
        }
        Map<String, String> shards = new LinkedHashMap<>();
        weightMap.fields().forEachRemaining(entry -> {
            String shard = entry.getValue().asText();
            boolean isPlain = SHARD_NAME.matcher(shard).matches() && shard.endsWith(ending);
            if (!entry.getValue().isTextual() || !isPlain) {
                throw InvalidInput.of(
                        path + ": weight_map: " + Message.oneLine(entry.getKey()),
                        Message.oneLine(entry.getValue().toString()),
                        "must be the plain name of a " + ending + " file in the same directory");
            }
            shards.put(entry.getKey(), shard);
        });
        return new ShardIndex(Collections.unmodifiableMap(shards));
    }
}
