package org.loradash.data.chat;

import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.ChatSettings;
import org.loradash.data.chat.ChatFiles.Source;
import org.loradash.data.jinja.Template;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;

/** How a model's conversations are written: transformers' {@code apply_chat_template}. Any number of threads may use one. */
public final class ChatTemplate {
    private static final String SETTING = "data.chat.template";
    private static final String WITH_TOOLS = "tool_use";

    private final Named usual;
    private final Named withTools;
    private final Map<String, String> tokens;
    private final LocalDateTime now;

    private ChatTemplate(Named usual, Named withTools, Map<String, String> tokens, LocalDateTime now) {
        this.usual = usual;
        this.withTools = withTools;
        this.tokens = tokens;
        this.now = now;
    }

    private record Named(Template template, String place) {}

    /** What follows the messages. */
    public enum Ending {
        NOTHING,
        /** What a model is to go on with: an answer's header. */
        PROMPT
    }

    /**
     * Finds a model's template.
     *
     * @throws InvalidInput where it has none, or none of the name, or it is none
     */
    public static ChatTemplate open(Configuration configuration, Path directory, ChatSettings settings)
            throws IOException {
        ChatFiles files = ChatFiles.read(configuration, directory);
        LocalDateTime now =
                settings.date().map(day -> LocalDate.parse(day).atStartOfDay()).orElseGet(LocalDateTime::now);
        Optional<String> name = settings.template();
        boolean path = name.filter(given -> given.contains("/") || given.endsWith(".jinja"))
                .isPresent();
        if (path) {
            Named given = parsed(ChatFiles.file(configuration, FileSystems.path(name.get()), SETTING));
            return new ChatTemplate(given, given, files.tokens(), now);
        }
        Named usual = parsed(chosen(files, name, directory));
        boolean tools = name.isEmpty() && files.templates().containsKey(WITH_TOOLS);
        return new ChatTemplate(usual, tools ? parsed(files.templates().get(WITH_TOOLS)) : usual, files.tokens(), now);
    }

    private static Source chosen(ChatFiles files, Optional<String> name, Path directory) {
        String names = Message.oneLine(String.join(", ", files.templates().keySet()));
        if (files.templates().isEmpty()) {
            throw InvalidInput.of(
                    "model.path",
                    directory,
                    "no chat template: must have chat_template.jinja, or chat_template in tokenizer_config.json, or "
                            + SETTING + " must be a file");
        }
        Source source = files.templates().get(name.orElse(ChatFiles.DEFAULT));
        if (source == null && name.isPresent()) {
            throw InvalidInput.of(SETTING, name.get(), "must be one of the model's templates, or a file: " + names);
        }
        if (source == null) {
            throw InvalidInput.of(SETTING, "not given", "the model has no default template; must be one of " + names);
        }
        return source;
    }

    private static Named parsed(Source source) {
        try {
            return new Named(Template.parse(source.text()), source.place());
        } catch (TemplateMistake mistake) {
            throw new InvalidInput(
                    source.place() + ": " + Message.oneLine(mistake.getMessage())
                            + " (must be a chat template that can be rendered)",
                    mistake);
        }
    }

    /** What a message calls the template of a conversation. */
    public String place(Conversation conversation) {
        return of(conversation).place();
    }

    /** Whether the template of a conversation marks what the model is to say. */
    boolean marks(Conversation conversation) {
        return of(conversation).template().marksGeneration();
    }

    private Named of(Conversation conversation) {
        return conversation.tools().isPresent() ? withTools : usual;
    }

    /**
     * The text of a conversation.
     *
     * @throws TemplateMistake what the template says against it
     */
    public Template.Rendered render(Conversation conversation, Ending ending) {
        Map<String, Object> variables = new HashMap<>(tokens);
        variables.put("messages", conversation.messages());
        variables.put("tools", conversation.tools().orElse(null));
        variables.put("documents", null);
        variables.put("add_generation_prompt", ending == Ending.PROMPT);
        return of(conversation).template().render(variables, now);
    }
}
