package org.loradash.data.chat;

import java.util.ArrayList;
import java.util.List;
import org.loradash.data.chat.ChatTemplate.Ending;
import org.loradash.data.jinja.Template.Span;
import org.loradash.tsd.InvalidInput;

/** What each of the assistant's turns adds to a text, for templates that do not mark it. */
final class Additions {
    private Additions() {}

    /**
     * Where each of the assistant's turns is in the text: behind the rendering of the turns before it with the header of an
     * answer, up to the end of the rendering with it.
     *
     * @param first turns before that are passed over
     * @param whole the text of the conversation
     * @throws InvalidInput where these are not beginnings of one another: the template writes a turn otherwise when others follow
     */
    static List<Span> of(ChatTemplate template, Conversation conversation, int first, String whole) {
        List<Span> spans = new ArrayList<>();
        for (int turn = first; turn < conversation.messages().size(); turn++) {
            if (!conversation.isAnswer(turn)) {
                continue;
            }
            if (turn == 0) {
                throw InvalidInput.of(
                        template.place(conversation),
                        "a conversation begins with the assistant's turn",
                        "must have another before it, or generation marks in the template, or data.chat.labels = all");
            }
            String before =
                    template.render(conversation.first(turn), Ending.PROMPT).text();
            String after = turn + 1 == conversation.messages().size()
                    ? whole
                    : template.render(conversation.first(turn + 1), Ending.NOTHING)
                            .text();
            if (!after.startsWith(before) || !whole.startsWith(after)) {
                throw InvalidInput.of(
                        template.place(conversation),
                        "writes turn " + (turn + 1) + " otherwise when "
                                + (after.startsWith(before) ? "others follow" : "it asks for an answer"),
                        "so what the assistant says cannot be found: must have generation marks, or data.chat.labels must be last or all");
            }
            spans.add(new Span(before.codePointCount(0, before.length()), after.codePointCount(0, after.length())));
        }
        return spans;
    }
}
