package org.loradash.config;

import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.templateName;
import static org.loradash.config.ValueType.text;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How {@code data.format = chat} makes texts of conversations.
 *
 * @param names at most the name of a template, or a path of a file that is one; nothing for the model's own
 * @param labels which turns are learnt
 * @param dates at most the day that templates are told, as ISO 8601 has it; nothing for today
 * @param columns at most the field of a record that has its messages; nothing for messages or conversations
 */
public record ChatSettings(List<String> names, Turns labels, List<String> dates, List<String> columns)
        implements Serializable {
    static final Key<String> TEMPLATE = Key.optional(
            "data.chat.template",
            templateName(),
            "data.format = chat: which of the model's chat templates, or a file that is one; not given: tool_use where there is"
                    + " one and a record has tools, otherwise the default",
            settings -> settings.data().chat().template());

    static final Key<Turns> LABELS = Key.of(
            "data.chat.labels",
            choice(Turns.class),
            Turns.ASSISTANT,
            "data.format = chat: what is learnt: what the assistant says, all, or what the assistant says last",
            settings -> settings.data().chat().labels());

    static final Key<String> DATE = Key.optional(
            "data.chat.date",
            ValueType.date(),
            "data.format = chat: the day that templates are told which ask for it; not given: today",
            settings -> settings.data().chat().date());

    static final Key<String> MESSAGES = Key.optional(
            "data.columns.messages",
            text("a field's name"),
            "data.format = chat: the field with a record's messages; not given: messages, or ShareGPT's conversations",
            settings -> settings.data().chat().messages());

    static final List<Key<?>> KEYS = List.of(TEMPLATE, LABELS, DATE, MESSAGES);

    /** What is in force where nothing is given. */
    public static final ChatSettings USUAL = new ChatSettings(List.of(), Turns.ASSISTANT, List.of(), List.of());

    static ChatSettings of(Values given) {
        return new ChatSettings(
                given.optional(TEMPLATE).stream().toList(),
                given.value(LABELS),
                given.optional(DATE).stream().toList(),
                given.optional(MESSAGES).stream().toList());
    }

    /** The name of a template, or a path of one. */
    public Optional<String> template() {
        return names.stream().findFirst();
    }

    /** The day that templates are told, such as 2026-11-26. */
    public Optional<String> date() {
        return dates.stream().findFirst();
    }

    /** The field of a record that has its messages. */
    public Optional<String> messages() {
        return columns.stream().findFirst();
    }

    /** Turns of a conversation. */
    public enum Turns {
        ASSISTANT,
        ALL,
        LAST
    }
}
