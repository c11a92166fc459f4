package org.loradash.cli;

import java.nio.file.Files;
import java.util.List;

/** Conversations and chat templates that are wrong, or made to do harm. */
final class BadChats {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role + ':' + m.content }}{% endfor %}";
    private static final String GOOD = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, "
            + "{\"role\": \"assistant\", \"content\": \"b\"}]}";

    private BadChats() {}

    static List<BadInput> records() {
        BadInput.Area area = new BadInput.Area("data: conversations", "application", "data: tokens of 1 files");
        for (String record : List.of(
                "{\"instruction\": \"a\", \"output\": \"b\"}",
                "{\"messages\": []}",
                "{\"messages\": \"a\"}",
                "{\"messages\": [\"a\"]}",
                "{\"messages\": [{\"content\": \"a\"}]}",
                "{\"messages\": [{\"role\": \"user\"}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": 5}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"a\"}]}]}",
                "{\"messages\": [{\"role\": \"assistant\", \"content\": \"b\"}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}",
                "{\"conversations\": [{\"from\": \"cat\", \"value\": \"a\"}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"tools\": {}}")) {
            area.with("`" + record + "`", workspace -> workspace.chats(TEMPLATE, record));
        }
        return area.with("an answer beyond the cut-off", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    workspace.set("data.cutoff = 4");
                })
                .cases();
    }

    static List<BadInput> templates() {
        BadInput.Area area = new BadInput.Area("data: chat templates", "application", "data: tokens of 1 files");
        for (String template : List.of(
                "{{ raise_exception('No roles but user and assistant.') }}",
                "{{ messages[0].words.first }}",
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{{ messages.__class__.__base__ }}",
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
                "{{ messages | open }}",
                "{% for m in messages %}{{ m.content if loop.last else '' }}{% endfor %}")) {
            area.with("`" + template + "`", workspace -> workspace.chats(template, GOOD));
        }
        return area.cases();
    }

    static List<BadInput> files() {
        BadInput.Area area = new BadInput.Area("model: its chat template");
        for (String template :
                List.of("{% include '/etc/passwd' %}", "{% for m in messages %}", "{{ 'a }}", "{{ (1 }}")) {
            area.with("`" + template + "`", workspace -> workspace.chats(template, GOOD));
        }
        return area.with("none", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    Files.delete(workspace.path("model/chat_template.jinja"));
                })
                .with("none of the name", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    workspace.set("data.chat.template = tool_use");
                })
                .with("no such file", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    workspace.set("data.chat.template = \"" + workspace.path("absent.jinja") + "\"");
                })
                .with("five megabytes", workspace -> workspace.chats(" ".repeat(5 << 20), GOOD))
                .with("what is not UTF-8", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    Files.write(workspace.path("model/chat_template.jinja"), new byte[] {(byte) 0xff, 'a'});
                })
                .with("a chat_template in tokenizer_config.json that is a number", workspace -> {
                    workspace.chats(TEMPLATE, GOOD);
                    Files.delete(workspace.path("model/chat_template.jinja"));
                    workspace.text("model/tokenizer_config.json", "{\"eos_token\": \"</s>\", \"chat_template\": 5}");
                })
                .cases();
    }
}
