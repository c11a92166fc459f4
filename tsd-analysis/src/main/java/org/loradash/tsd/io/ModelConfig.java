package org.loradash.tsd.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/** The config.json of a Hugging Face model directory. */
public final class ModelConfig {
    /** Its name. */
    public static final String FILE = "config.json";

    /** The most bytes that it, and any other small JSON file of a model, may have. */
    public static final int LARGEST = 1 << 20;

    private ModelConfig() {}

    /**
     * Reads it.
     *
     * @throws InvalidInput where it is missing, too long, or not one JSON object
     */
    public static JsonNode read(FileSystem files, Path directory) {
        return JsonFile.object(files, new Path(directory, FILE), LARGEST);
    }

    /** Its model_type, such as bert; empty where it, or the file, is not there. */
    static String type(FileSystem files, Path directory) throws IOException {
        return files.exists(new Path(directory, FILE))
                ? read(files, directory).path("model_type").asText()
                : "";
    }
}
