package org.loradash.data.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {

    private static Conversation read(String json, String... column) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return Conversation.read(
                    parser, "a.jsonl line 1", Optional.of(column).map(all -> all.length > 0 ? all[0] : null));
        }
    }

    @Test
    void takesMessagesWithAllThatTemplatesMayAskFor() throws IOException {
        Conversation read = read(
                """
                {"id": 5, "messages": [
                  {"role": "user", "content": [{"type": "text", "text": "a"}]},
                  {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"n": 1}}}]}],
                 "tools": [{"name": "f"}]}""");
        assertThat(read.messages())
                .containsExactly(
                        Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", "a"))),
                        Map.of(
                                "role",
                                "assistant",
                                "tool_calls",
                                List.of(Map.of(
                                        "function", Map.of("name", "f", "arguments", Map.of("n", BigInteger.ONE))))));
        assertThat(read.tools()).contains(List.of(Map.of("name", "f")));
    }

    @Test
    void takesShareGptsConversationsToo() throws IOException {
        Conversation read = read(
                """
                {"system": "s", "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"},
                 {"from": "tool", "value": "c", "name": "f"}]}""");
        assertThat(read.messages())
                .containsExactly(
                        Map.of("role", "system", "content", "s"),
                        Map.of("role", "user", "content", "a"),
                        Map.of("role", "assistant", "content", "b"),
                        Map.of("role", "tool", "content", "c", "name", "f"));
        assertThat(read.tools()).isEmpty();
    }

    @Test
    void takesTurnsFromTheFieldThatIsNamed() throws IOException {
        assertThat(read("{\"messages\": 1, \"talk\": [{\"role\": \"user\", \"content\": \"a\"}]}", "talk")
                        .messages())
                .hasSize(1);
        assertThatThrownBy(() -> read("{\"messages\": []}", "talk"))
                .hasMessage("a.jsonl line 1: no talk (a conversation has the array talk of one turn at least)");
    }

    @Test
    void callsReasoningWhatTemplatesCallIt() throws IOException {
        assertThat(read("{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\", \"reasoning\": \"r\"}]}")
                        .messages()
                        .get(0))
                .containsEntry("reasoning_content", "r")
                .containsEntry("thinking", "r");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | no messages (a conversation has the array messages, or conversations, of one turn at least)",
                "{\"messages\": []} | messages has no turn (a conversation has the array messages, or conversations, of one turn"
                        + " at least)",
                "{\"messages\": \"a\"} | messages is no array (a conversation has the array messages, or conversations, of one"
                        + " turn at least)",
                "{\"messages\": [5]} | turn 1: no object (a turn is an object with role and content, or from and value)",
                "{\"messages\": [{\"content\": \"a\"}]} | turn 1: no role (a turn has a text as its role, or as its from)",
                "{\"messages\": [{\"role\": 1, \"content\": \"a\"}]} | turn 1: no role (a turn has a text as its role, or as its"
                        + " from)",
                "{\"messages\": [{\"role\": \"user\"}]} | turn 1: no content (a turn has a content, a value or tool_calls)",
                "{\"messages\": [{\"role\": \"user\", \"content\": 5}]} | turn 1: content is no text (must be a text, or a list"
                        + " of parts)",
                "{\"conversations\": [{\"from\": \"cat\", \"value\": \"a\"}]} | turn 1: from is cat (must be human, gpt, system or"
                        + " tool, or the record must have role and content)",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"tools\": 5} | tools is no array of objects (must be"
                        + " one, or absent)",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]} | a text has half a surrogate pair at character"
                        + " 0 (must be a valid Unicode text)"
            })
    void saysWhatIsWrongWithARecord(String record, String what) {
        String place = what.startsWith("turn") ? "a.jsonl line 1 " : "a.jsonl line 1: ";
        assertThatThrownBy(() -> read(record)).hasMessage(place + what);
    }
}
