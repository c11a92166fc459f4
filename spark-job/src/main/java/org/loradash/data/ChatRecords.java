package org.loradash.data;

import java.io.IOException;
import java.util.Optional;
import org.loradash.data.chat.Chat;
import org.loradash.data.chat.Conversation;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Reads the {@code chat} format: conversations. One of which nothing can be learnt within the cut-off is passed over. */
record ChatRecords(Chat chat, int vocabularySize) implements RecordReader<Sequence> {
    @Override
    public void read(RecordFile file, Sink<Sequence> sink) throws IOException {
        JsonRecords.forEach(file, (parser, position) -> {
            Conversation conversation = Conversation.read(
                    parser, position.toString(), chat.settings().messages());
            Chat.Encoded encoded;
            try {
                encoded = chat.encode(conversation);
            } catch (TemplateMistake said) {
                String line = position + ": " + Message.oneLine(said.getMessage()) + " (must be a conversation that "
                        + chat.template().place(conversation) + " takes)";
                sink.refused(new InvalidInput(line, said), said.getMessage());
                return;
            } catch (InvalidInput mistake) {
                sink.refused(new InvalidInput(position + ": " + mistake.getMessage(), mistake), mistake.getMessage());
                return;
            }
            Vocabulary.check(encoded.sequence().tokens(), vocabularySize, position);
            sink.origin(new Rendered(chat, conversation.first(encoded.turns()), encoded.text()));
            if (encoded.sequence().labelledTokens() == 0) {
                sink.passedOver(encoded.sequence());
                return;
            }
            int lost = conversation.messages().size() - encoded.turns();
            if (lost > 0) {
                sink.shortened(lost);
            }
            sink.accept(encoded.sequence());
        });
    }

    private record Rendered(Chat chat, Conversation conversation, String text) implements Origin {
        @Override
        public Optional<Asked> asked() {
            int last = conversation.messages().size() - 1;
            return "user".equals(conversation.messages().get(last).get("role"))
                    ? Optional.of(chat.ask(conversation))
                    : Optional.empty();
        }
    }

    @Override
    public void close() {
        chat.tokenizer().close();
    }
}
