package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.data.chat.ChatTemplate;
import org.loradash.data.chat.Conversation;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Reads what a model is asked to continue: the tokens in front of its response to each record, asked as it was trained. */
public final class PromptRecords implements RecordReader<int[]> {
    private final Tokenizer tokenizer;
    private final Text text;
    private final int vocabularySize;
    private final int longest;

    /** The text in front of a response. */
    private interface Text {
        String of(JsonParser parser, RecordPosition position) throws IOException;
    }

    private PromptRecords(Tokenizer tokenizer, Text text, int vocabularySize, int longest) {
        this.tokenizer = tokenizer;
        this.text = text;
        this.vocabularySize = vocabularySize;
        this.longest = longest;
    }

    /**
     * What reads them.
     *
     * @param model a directory with a tokenizer
     * @param vocabularySize tokens are below it
     * @param longest the most tokens of a prompt, so that the model has room for an answer
     */
    public static PromptRecords open(
            Configuration configuration, DataSettings data, Path model, int vocabularySize, int longest)
            throws IOException {
        return switch (data.format()) {
            case INSTRUCTION -> new PromptRecords(
                    Tokenizer.open(configuration, model), PromptRecords::instruction, vocabularySize, longest);
            case CHAT -> {
                ChatTemplate template = ChatTemplate.open(configuration, model, data.chat());
                yield new PromptRecords(
                        Tokenizer.openAsItStands(configuration, model),
                        (parser, position) -> turns(parser, position, data, template),
                        vocabularySize,
                        longest);
            }
            case TOKENS, TEXT, LATENTS, IMAGES -> throw InvalidInput.of(
                    "data.format",
                    data.format().name().toLowerCase(Locale.ROOT),
                    "must be instruction or chat, for a model that writes texts");
        };
    }

    private static String instruction(JsonParser parser, RecordPosition position) throws IOException {
        Map<String, String> texts = InstructionRecord.texts(parser, position, Set.of("instruction", "input"));
        String instruction = InstructionRecord.required(
                texts, "instruction", position, "a record has the text instruction, and may have input");
        return Prompt.of(new InstructionRecord(instruction, texts.getOrDefault("input", ""), ""));
    }

    private static String turns(JsonParser parser, RecordPosition position, DataSettings data, ChatTemplate template)
            throws IOException {
        Conversation asked =
                Conversation.read(parser, position.toString(), data.chat().messages());
        try {
            return template.render(asked, ChatTemplate.Ending.PROMPT).text();
        } catch (TemplateMistake refused) {
            throw new InvalidInput(
                    position + ": " + Message.oneLine(refused.getMessage()) + " (must be a conversation that "
                            + template.place(asked) + " takes)",
                    refused);
        }
    }

    @Override
    public void read(RecordFile file, Sink<int[]> sink) throws IOException {
        JsonRecords.forEach(file, (parser, position) -> {
            int[] tokens = tokenizer.encode(text.of(parser, position));
            Vocabulary.check(tokens, vocabularySize, position);
            if (tokens.length > longest) {
                throw InvalidInput.of(
                        position.toString(),
                        tokens.length + " tokens",
                        "must be at most " + longest + ", so that the model has room for evaluation.max-tokens");
            }
            sink.accept(tokens);
        });
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
