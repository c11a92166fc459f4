package org.loradash.data.chat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * Turns that people, models and tools take.
 *
 * @param messages each with a role, mostly with a content, and with what else templates ask for
 * @param tools what a model may call, as templates take them; nothing where the record has none
 */
public record Conversation(List<Map<String, Object>> messages, Optional<List<Object>> tools) {
    private static final String MESSAGES = "messages";
    private static final String SHARE_GPT = "conversations";

    /** What data sets in ShareGPT's form call who speaks. */
    private static final Map<String, String> ROLES = Map.ofEntries(
            Map.entry("human", "user"),
            Map.entry("user", "user"),
            Map.entry("gpt", "assistant"),
            Map.entry("chatgpt", "assistant"),
            Map.entry("bing", "assistant"),
            Map.entry("bard", "assistant"),
            Map.entry("model", "assistant"),
            Map.entry("assistant", "assistant"),
            Map.entry("system", "system"),
            Map.entry("tool", "tool"),
            Map.entry("function", "tool"),
            Map.entry("observation", "tool"),
            Map.entry("function_response", "tool"));

    /** One question. */
    public static Conversation asking(String question) {
        return new Conversation(List.of(Map.of("role", "user", "content", question)), Optional.empty());
    }

    /** One question behind what a system says. */
    public static Conversation asking(String system, String question) {
        return new Conversation(
                List.of(Map.of("role", "system", "content", system), Map.of("role", "user", "content", question)),
                Optional.empty());
    }

    /** The first so many turns. */
    public Conversation first(int turns) {
        return new Conversation(messages.subList(0, turns), tools);
    }

    /** Whether a turn is the model's. */
    boolean isAnswer(int turn) {
        return "assistant".equals(messages.get(turn).get("role"));
    }

    /** The model's last turn; behind the end where it has none. */
    int lastAnswer() {
        int turn = messages.size() - 1;
        while (turn >= 0 && !isAnswer(turn)) {
            turn--;
        }
        return turn < 0 ? messages.size() : turn;
    }

    /**
     * Reads the object that the parser has just opened, up to its end. Turns are objects with role and content, or ShareGPT's
     * with from and value; a ShareGPT record may have its system message beside them.
     *
     * @param where it stands, for messages
     * @param column the field of the turns; nothing for messages, or conversations
     * @throws InvalidInput where there are no turns, or one is none
     */
    public static Conversation read(JsonParser parser, String where, Optional<String> column) throws IOException {
        Map<String, Object> record = JsonValues.object(parser, where);
        String field =
                column.orElse(record.get(MESSAGES) == null && record.get(SHARE_GPT) != null ? SHARE_GPT : MESSAGES);
        if (!(record.get(field) instanceof List<?> turns) || turns.isEmpty()) {
            Object found = record.get(field);
            throw InvalidInput.of(
                    where,
                    found == null
                            ? "no " + field
                            : found instanceof List<?> ? field + " has no turn" : field + " is no array",
                    "a conversation has the array "
                            + column.map(Message::oneLine).orElse("messages, or conversations,")
                            + " of one turn at least");
        }
        List<Map<String, Object>> messages = new ArrayList<>();
        if (field.equals(SHARE_GPT) && record.get("system") instanceof String system && !system.isEmpty()) {
            messages.add(Map.of("role", "system", "content", system));
        }
        for (Object turn : turns) {
            messages.add(message(turn, where + " turn " + (messages.size() + 1)));
        }
        return new Conversation(List.copyOf(messages), tools(record.get("tools"), where));
    }

    private static Optional<List<Object>> tools(Object tools, String where) {
        if (tools == null || tools.equals("") || tools instanceof List<?> list && list.isEmpty()) {
            return Optional.empty();
        }
        if (!(tools instanceof List<?> list) || !list.stream().allMatch(Map.class::isInstance)) {
            throw InvalidInput.of(where, "tools is no array of objects", "must be one, or absent");
        }
        return Optional.of(List.copyOf(list));
    }

    private static Map<String, Object> message(Object turn, String where) {
        if (!(turn instanceof Map<?, ?> given)) {
            throw InvalidInput.of(where, "no object", "a turn is an object with role and content, or from and value");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        // As transformers does: many templates take a field that is null for one that is there.
        given.forEach((name, value) -> {
            if (value != null) {
                fields.put((String) name, value);
            }
        });
        Map<String, Object> message = fields.containsKey("role") ? fields : shareGpt(fields, where);
        if (!(message.get("role") instanceof String role) || role.isEmpty()) {
            throw InvalidInput.of(where, "no role", "a turn has a text as its role, or as its from");
        }
        Object content = message.get("content");
        if (content == null && !message.containsKey("tool_calls")) {
            throw InvalidInput.of(where, "no content", "a turn has a content, a value or tool_calls");
        }
        if (content != null
                && !(content instanceof String)
                && !(content instanceof List<?>)
                && !(content instanceof Map<?, ?>)) {
            throw InvalidInput.of(where, "content is no text", "must be a text, or a list of parts");
        }
        return reasoned(message);
    }

    private static Map<String, Object> shareGpt(Map<String, Object> turn, String where) {
        if (!(turn.get("from") instanceof String from)) {
            throw InvalidInput.of(where, "no role", "a turn has a text as its role, or as its from");
        }
        String role = ROLES.get(from);
        if (role == null) {
            throw InvalidInput.of(
                    where,
                    "from is " + Message.oneLine(from),
                    "must be human, gpt, system or tool, or the record must have role and content");
        }
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        turn.forEach((name, value) -> {
            if (!name.equals("from")) {
                message.put(name.equals("value") ? "content" : name, value);
            }
        });
        return message;
    }

    /** What models think is called one thing by some data and another by others; templates find it under two, as transformers has it. */
    private static Map<String, Object> reasoned(Map<String, Object> message) {
        for (String name : List.of("reasoning_content", "thinking", "reasoning")) {
            Object reasoning = message.get(name);
            if (reasoning != null) {
                Map<String, Object> both = new LinkedHashMap<>();
                both.put("thinking", reasoning);
                both.putAll(message);
                both.put("reasoning_content", reasoning);
                return both;
            }
        }
        return message;
    }
}
