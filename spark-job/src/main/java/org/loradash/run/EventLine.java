package org.loradash.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.loradash.task.Units;

/** An event as a line of JSON, in which the task's own names stand for how much was computed on and weighed. */
final class EventLine {
    private static final ObjectMapper JSON =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private final Map<String, String> names = new LinkedHashMap<>();

    EventLine(Units units) {
        names.put("size", units.size());
        names.put("computed", "computed_" + units.size());
        names.put("size_per_second", units.size() + "_per_second");
        names.put("weight", units.weight());
    }

    /** Without the line's end. */
    String write(Event event) {
        ObjectNode line = JSON.createObjectNode().put("event", event.kind());
        ObjectNode components = JSON.valueToTree(event);
        components
                .fields()
                .forEachRemaining(component ->
                        line.set(names.getOrDefault(component.getKey(), component.getKey()), component.getValue()));
        return line.toString();
    }

    /** Nothing where the line is no event, or was cut. */
    Optional<Event> parse(String line) {
        try {
            if (!(JSON.readTree(line) instanceof ObjectNode object)) {
                return Optional.empty();
            }
            String kind = object.path("event").asText();
            for (Class<?> type : Event.class.getPermittedSubclasses()) {
                if (type.getSimpleName().equalsIgnoreCase(kind)) {
                    return Optional.of((Event) JSON.treeToValue(components(object, type), type));
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException cut) {
            return Optional.empty();
        }
    }

    /** A name may stand for two components: what is computed on may be what is weighed. */
    private ObjectNode components(ObjectNode line, Class<?> type) {
        Set<String> known = Arrays.stream(type.getRecordComponents())
                .map(component -> PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName()))
                .collect(Collectors.toSet());
        ObjectNode components = line.deepCopy();
        components.remove("event");
        components.remove(names.values());
        names.forEach((component, name) -> {
            if (known.contains(component) && line.has(name)) {
                components.set(component, line.get(name));
            }
        });
        return components;
    }
}
