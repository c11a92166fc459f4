package org.loradash.evaluate;

import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.chat.ChatTemplate;
import org.loradash.data.chat.Conversation;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * How a model is asked: as it was trained. One that was trained on conversations is asked by its chat template.
 *
 * @param data what it was trained on
 */
public record Asking(DataSettings data) implements Serializable {
    /** By the template of instructions. */
    static final Function<InstructionRecord, String> INSTRUCTION = Prompt::of;

    private boolean chats() {
        return data.format() == DataSettings.Format.CHAT;
    }

    /**
     * The text in front of a response.
     *
     * @throws InvalidInput where the model has no template
     */
    public Function<InstructionRecord, String> prompt(Configuration configuration, Path model) throws IOException {
        if (!chats()) {
            return INSTRUCTION;
        }
        ChatTemplate template = ChatTemplate.open(configuration, model, data.chat());
        return record -> {
            String question =
                    record.input().isEmpty() ? record.instruction() : record.instruction() + "\n\n" + record.input();
            Conversation asking = Conversation.asking(question);
            try {
                return template.render(asking, ChatTemplate.Ending.PROMPT).text();
            } catch (TemplateMistake refused) {
                throw new InvalidInput(
                        template.place(asking) + ": " + Message.oneLine(refused.getMessage())
                                + " (must take one user's turn)",
                        refused);
            }
        };
    }

    /** The tokenizer of such texts, which puts nothing before what a chat template wrote. */
    public Tokenizer tokenizer(Configuration configuration, Path model) throws IOException {
        return chats() ? Tokenizer.openAsItStands(configuration, model) : Tokenizer.open(configuration, model);
    }

    /** The settings that answers depend on beside those of the evaluation, by key. */
    public Map<String, String> table() {
        Map<String, String> table = new LinkedHashMap<>();
        if (chats()) {
            table.put("data.format", "chat");
            data.chat().template().ifPresent(name -> table.put("data.chat.template", name));
            data.chat().date().ifPresent(day -> table.put("data.chat.date", day));
        }
        return table;
    }
}
