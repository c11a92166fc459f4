package org.loradash.benchmark.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;

/** Results as lines of JSON, keys in snake case. */
public final class Json {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private Json() {}

    public static String line(Object value) throws JsonProcessingException {
        return MAPPER.writeValueAsString(value);
    }

    public static JsonNode parse(String line) throws JsonProcessingException {
        return MAPPER.readTree(line);
    }
}
