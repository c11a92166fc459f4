package org.loradash.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.List;
import org.loradash.train.Group;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Groups of the flat vector as a checkpoint's text: a JSON array. */
final class GroupsText {
    private static final ObjectMapper JSON =
            new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private GroupsText() {}

    static String write(List<Group> groups) {
        try {
            return JSON.writeValueAsString(groups);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @throws InvalidInput where the text is not one of groups with elements and a rate of at least 0 */
    static List<Group> read(String where, String text) {
        try {
            List<Group> groups = JSON.readValue(text, new TypeReference<List<Group>>() {});
            boolean allowed = groups != null
                    && groups.stream()
                            .allMatch(group -> group != null
                                    && group.name() != null
                                    && group.size() > 0
                                    && group.firstStep() >= 0
                                    && group.learningRate() >= 0);
            if (allowed) {
                return groups;
            }
        } catch (JsonProcessingException malformed) {
            // Told below.
        }
        throw InvalidInput.of(where, Message.oneLine(text), "must be groups of parameters, as the run wrote them");
    }
}
