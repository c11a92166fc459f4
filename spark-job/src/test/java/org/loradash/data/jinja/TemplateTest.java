package org.loradash.data.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.Fixtures;
import org.loradash.data.jinja.Template.Span;

class TemplateTest {
    private static final Path FOLDER = Fixtures.path("chat/templates");
    private static final JsonNode EXPECTED = Fixtures.json(FOLDER.resolve("expected.json"));

    /** What make_templates.py tells. */
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 26, 7, 5, 9);

    static List<String> templates() {
        List<String> names = new ArrayList<>();
        EXPECTED.get("templates").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @MethodSource("templates")
    void rendersTemplatesOfPublishedModelsAsTransformersDoes(String name) throws IOException {
        String template = Files.readString(FOLDER.resolve(name + ".jinja"));
        JsonNode expected = EXPECTED.get("templates").get(name);
        Object tools = value(Fixtures.json(FOLDER.resolve("tools.json")));
        int index = 0;
        for (String conversation : Files.readAllLines(FOLDER.resolve("conversations.jsonl"))) {
            for (Object given : new Object[] {null, tools}) {
                for (boolean prompt : new boolean[] {false, true}) {
                    Map<String, Object> variables = new HashMap<>();
                    variables.put("messages", value(Fixtures.parse(conversation).get("messages")));
                    variables.put("tools", given);
                    variables.put("documents", null);
                    variables.put("add_generation_prompt", prompt);
                    variables.put("bos_token", "<s>");
                    variables.put("eos_token", "</s>");
                    check(template, variables, expected.get(index++));
                }
            }
        }
        assertThat(index).isEqualTo(expected.size());
    }

    static Stream<Integer> snippets() {
        return Stream.iterate(0, i -> i + 1).limit(EXPECTED.get("snippets").size());
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void givesWhatJinjaGivesForSnippetsOfTheLanguage(int index) {
        String snippet =
                Fixtures.json(FOLDER.resolve("snippets.json")).get(index).textValue();
        check(snippet, Map.of("messages", MESSAGES), EXPECTED.get("snippets").get(index));
    }

    private static final Object MESSAGES = value(
            Fixtures.parse(
                    """
            [{"role": "user", "content": "  hi\\n", "n": 3, "f": 1.5, "b": true},
             {"role": "assistant", "content": "A & <b>\\u00a0"},
             {"role": "user", "content": "c\\ud83d\\udc69\\u200d\\ud83d\\udc69\\u200d\\ud83d\\udc67 \\u00e9"}]"""));

    private static void check(String template, Map<String, Object> variables, JsonNode expected) {
        if (expected.isTextual()) {
            assertThat(render(template, variables)).as(template).isEqualTo(expected.textValue());
        } else {
            assertThatThrownBy(() -> render(template, variables))
                    .as(template)
                    .isInstanceOf(TemplateMistake.class)
                    .hasMessage(expected.get("error").textValue());
        }
    }

    private static String render(String template, Map<String, Object> variables) {
        return Template.parse(template).render(variables, NOW).text();
    }

    /** JSON as a template takes it. */
    static Object value(JsonNode json) {
        if (json.isObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            json.fields().forEachRemaining(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        if (json.isArray()) {
            List<Object> list = new ArrayList<>();
            json.forEach(element -> list.add(value(element)));
            return list;
        }
        if (json.isTextual()) {
            return json.textValue();
        }
        if (json.isBoolean()) {
            return json.booleanValue();
        }
        if (json.isNull()) {
            return null;
        }
        return json.isIntegralNumber() ? (Object) json.bigIntegerValue() : (Object) json.doubleValue();
    }

    @Test
    void tellsWhatIsBetweenGenerationMarksInCodePoints() {
        Template template =
                Template.parse("👍{% generation %}a👍{% endgeneration %}b{% generation %}{% endgeneration %}");
        assertThat(template.marksGeneration()).isTrue();
        assertThat(template.render(Map.of(), NOW).generated()).containsExactly(new Span(1, 3), new Span(4, 4));
        assertThat(Template.parse("{% set generation = 1 %}{{ generation }}").marksGeneration())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '~',
            value = {
                "{{ 'a' | nothing }} ¦ No filter named 'nothing'.",
                "{% if 1 %} ¦ line 1: Unexpected end of template. Jinja was looking for the tag elif or else or endif",
                "{% include '/etc/passwd' %} ¦ line 1: Encountered unknown tag 'include'.",
                "{% import '/etc/passwd' as x %} ¦ line 1: Encountered unknown tag 'import'.",
                "{% extends '/etc/passwd' %} ¦ line 1: Encountered unknown tag 'extends'.",
                "{{ 'a ¦ line 1: a string that is not closed",
                "{{ (1 }} ¦ line 1: unexpected '}'",
                "{# a ¦ line 1: Missing end of comment tag",
                "{% raw %} ¦ line 1: Missing end of raw directive",
                "{% break %} ¦ line 1: 'break' outside loop",
                "{{ 1 2 }} ¦ line 1: expected token 'variable_end', got 'a number'"
            })
    void saysInOneLineWhatIsWrongWithATemplate(String template, String message) {
        assertThatThrownBy(() -> render(template, Map.of()))
                .isInstanceOf(TemplateMistake.class)
                .hasMessage(message);
    }

    @Test
    void refusesATemplateThatIsTooLong() {
        assertThatThrownBy(() -> Template.parse(" ".repeat(Template.LONGEST + 1)))
                .hasMessage("has 1048577 characters, and must have at most 1048576");
    }
}
