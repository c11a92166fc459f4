package org.loradash.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What makes an evaluation this one and no other.
 *
 * @param settings that its answers depend on, by key
 * @param hashes of the files that they depend on, by what these are: the model, the adapter, each set
 * @param notes what else is good to know of it, and may change
 */
public record Identity(Map<String, String> settings, Map<String, String> hashes, Map<String, String> notes) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The same with one more hash. */
    public Identity withHash(String what, String hash) {
        Map<String, String> more = new LinkedHashMap<>(hashes);
        more.put(what, hash);
        return new Identity(settings, more, notes);
    }

    /** The same with more notes. */
    public Identity withNotes(Map<String, String> others) {
        Map<String, String> more = new LinkedHashMap<>(notes);
        more.putAll(others);
        return new Identity(settings, hashes, more);
    }

    /**
     * The first thing in which this evaluation, about to be made, is not the one that has begun.
     *
     * @return for example {@code evaluation.beams: 1 (must be 4)}; nothing where they are the same, or differ only in
     *     hashes that this one has not yet
     */
    public Optional<String> difference(Identity begun) {
        TreeSet<String> keys = new TreeSet<>(settings.keySet());
        keys.addAll(begun.settings.keySet());
        for (String key : keys) {
            String before = begun.settings.getOrDefault(key, "absent");
            String now = settings.getOrDefault(key, "absent");
            if (!before.equals(now)) {
                return Optional.of("%s: %s (must be %s".formatted(key, now, before));
            }
        }
        for (Map.Entry<String, String> hash : hashes.entrySet()) {
            if (!hash.getValue().equals(begun.hashes.get(hash.getKey()))) {
                return Optional.of("%s: is another one (must be the same".formatted(hash.getKey()));
            }
        }
        return Optional.empty();
    }

    /** As JSON, with a line feed at the end. */
    String json() {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        json.set("hashes", JSON.valueToTree(hashes));
        json.set("notes", JSON.valueToTree(notes));
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Identity of(JsonNode json) {
        return new Identity(texts(json.path("settings")), texts(json.path("hashes")), texts(json.path("notes")));
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.fields()
                .forEachRemaining(
                        field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }
}
