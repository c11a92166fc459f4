package org.loradash.tsd.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/** Small JSON files from outside. */
public final class JsonFile {
    private static final ObjectMapper JSON = JsonMapper.builder(UntrustedJson.FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFile() {}

    /**
     * Reads a whole file.
     *
     * @param longest how many bytes it may have
     * @throws InvalidInput where it is missing, longer, or not one JSON object in UTF-8 without keys given twice
     */
    public static JsonNode object(FileSystem fileSystem, Path path, int longest) {
        try {
            return parsed(path.toString(), WholeFile.read(fileSystem, path, path.toString(), longest));
        } catch (IOException failure) {
            throw Message.of(path, failure);
        }
    }

    private static JsonNode parsed(String where, byte[] content) throws IOException {
        try {
            JsonNode json = JSON.readTree(UntrustedJson.text(where, ByteBuffer.wrap(content)));
            if (!json.isObject()) {
                throw new InvalidInput(where + ": not a JSON object (must be one)");
            }
            return json;
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    where + ": " + Message.oneLine(malformed.getOriginalMessage()) + " (must be a JSON object)",
                    malformed);
        }
    }
}
