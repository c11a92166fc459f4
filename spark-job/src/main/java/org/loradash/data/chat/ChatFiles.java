package org.loradash.data.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.data.InputFile;
import org.loradash.data.jinja.Template;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * What a model's directory says of chats, as transformers reads it.
 *
 * @param templates by their names; that of chat_template.jinja, or of a model that has one alone, is {@link #DEFAULT}
 * @param tokens special tokens by their roles, such as bos_token
 */
record ChatFiles(Map<String, Source> templates, Map<String, String> tokens) {
    static final String DEFAULT = "default";

    private static final String CONFIGURATION = "tokenizer_config.json";
    private static final String OLDER = "special_tokens_map.json";
    private static final String FILE = "chat_template.jinja";
    private static final String FOLDER = "additional_chat_templates";
    private static final String ENDING = ".jinja";
    private static final String SETTING = "model.path";
    private static final int LARGEST_CONFIGURATION = 8 << 20;
    private static final int MOST_TEMPLATES = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A template as a file has it.
     *
     * @param place what a message calls it
     */
    record Source(String text, String place) {}

    /** @throws InvalidInput where a file is none of its kind */
    static ChatFiles read(Configuration configuration, Path directory) throws IOException {
        JsonNode config = json(configuration, new Path(directory, CONFIGURATION));
        Map<String, String> tokens = new LinkedHashMap<>();
        for (JsonNode named :
                List.of(json(configuration, new Path(directory, OLDER)), config, config.path("extra_special_tokens"))) {
            named.fields().forEachRemaining(entry -> {
                JsonNode token = entry.getValue().isObject() ? entry.getValue().path("content") : entry.getValue();
                if (token.isTextual() && (entry.getKey().endsWith("_token") || named != config)) {
                    tokens.put(entry.getKey(), token.textValue());
                }
            });
        }
        Map<String, Source> templates = files(configuration, directory);
        return new ChatFiles(
                templates.isEmpty() ? configured(config, new Path(directory, CONFIGURATION)) : templates, tokens);
    }

    private static Map<String, Source> files(Configuration configuration, Path directory) throws IOException {
        Map<String, Source> templates = new TreeMap<>();
        Path file = new Path(directory, FILE);
        if (InputFile.exists(configuration, file)) {
            templates.put(DEFAULT, file(configuration, file, SETTING));
        }
        Path folder = new Path(directory, FOLDER);
        FileSystem files = folder.getFileSystem(configuration);
        if (files.exists(folder) && files.getFileStatus(folder).isDirectory()) {
            for (FileStatus status :
                    files.listStatus(folder, path -> path.getName().endsWith(ENDING))) {
                if (templates.size() == MOST_TEMPLATES) {
                    throw InvalidInput.of(
                            SETTING + ": " + folder,
                            "more than " + MOST_TEMPLATES + " templates",
                            "must be at most so many");
                }
                String name = status.getPath().getName();
                Source template = file(configuration, new Path(folder, name), SETTING);
                templates.put(name.substring(0, name.length() - ENDING.length()), template);
            }
        }
        return templates;
    }

    /** A file that is a template. @param setting the key that names it, for messages */
    static Source file(Configuration configuration, Path file, String setting) throws IOException {
        byte[] bytes = InputFile.bytes(configuration, file, setting, 4 * Template.LONGEST);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new Source(text, setting + ": " + file);
        } catch (CharacterCodingException notText) {
            throw new InvalidInput(setting + ": " + file + ": not UTF-8 (must be a chat template)", notText);
        }
    }

    /** A text, or a list of texts with names. */
    private static Map<String, Source> configured(JsonNode config, Path file) {
        String place = SETTING + ": " + file + ": chat_template";
        JsonNode given = config.path("chat_template");
        Map<String, Source> templates = new TreeMap<>();
        if (given.isTextual()) {
            templates.put(DEFAULT, new Source(given.textValue(), place));
        } else if (given.isArray()) {
            for (Iterator<JsonNode> named = given.elements(); named.hasNext(); ) {
                JsonNode one = named.next();
                if (!one.path("name").isTextual() || !one.path("template").isTextual()) {
                    throw InvalidInput.of(place, "an element without name and template", "must have both, as texts");
                }
                String name = one.get("name").textValue();
                templates.put(name, new Source(one.get("template").textValue(), place + " " + Message.oneLine(name)));
            }
        } else if (!given.isMissingNode() && !given.isNull()) {
            throw InvalidInput.of(
                    place, "neither a text nor a list", "must be a template, or a list of them with names");
        }
        return templates;
    }

    private static JsonNode json(Configuration configuration, Path file) throws IOException {
        if (!InputFile.exists(configuration, file)) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(InputFile.bytes(configuration, file, SETTING, LARGEST_CONFIGURATION));
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    SETTING + ": " + file + ": not JSON: " + Message.oneLine(malformed.getOriginalMessage())
                            + " (must be a JSON object)",
                    malformed);
        } catch (CharConversionException malformed) {
            throw new InvalidInput(SETTING + ": " + file + ": not text (must be a JSON object)", malformed);
        }
    }
}
