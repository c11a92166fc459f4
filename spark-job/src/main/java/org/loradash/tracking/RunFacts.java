package org.loradash.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.loradash.config.Settings;
import org.loradash.config.SettingsText;
import org.loradash.run.RunDirectory;
import org.loradash.tsd.Secrets;

/**
 * What a server is told of a run when it begins.
 *
 * @param experiment that it belongs to
 * @param name for people
 * @param tags that say where it comes from; {@link #IDENTITY} among them
 * @param parameters its settings, without passwords
 */
record RunFacts(String experiment, String name, Map<String, String> tags, Map<String, String> parameters) {
    /** The tag by which a driver that goes on with a run finds it. */
    static final String IDENTITY = "loradash.run";

    private static final ObjectMapper JSON = new ObjectMapper();

    static RunFacts of(Settings settings, RunDirectory directory) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(IDENTITY, directory.identity());
        tags.put("loradash.directory", Secrets.hidden(directory.path().toString()));
        tags.put("mlflow.user", System.getProperty("user.name"));
        tags.put("mlflow.source.name", "lora-dash");
        tags.put("mlflow.source.type", "JOB");
        Map<String, String> parameters = new LinkedHashMap<>();
        SettingsText.table(settings).forEach((key, value) -> parameters.put(key, plain(value)));
        return new RunFacts(
                settings.tracking().experiment(),
                settings.tracking().runName().orElse(directory.path().getName()),
                tags,
                parameters);
    }

    String identity() {
        return tags.get(IDENTITY);
    }

    /** A text in quotes, as settings are written, without them. */
    private static String plain(String written) {
        try {
            return written.startsWith("\"") ? JSON.readTree(written).asText() : written;
        } catch (JsonProcessingException none) {
            return written;
        }
    }
}
