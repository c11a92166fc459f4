package org.loradash.data.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.loradash.config.ChatSettings;
import org.loradash.data.Origin;
import org.loradash.data.Sequence;
import org.loradash.data.chat.ChatTemplate.Ending;
import org.loradash.data.jinja.Template.Rendered;
import org.loradash.data.jinja.Template.Span;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.data.tokenizer.Tokenizer;

/**
 * Makes tokens and labels of conversations.
 *
 * <p>The text is encoded as a whole, with no special token put around it: templates write them. A token is labelled if at least
 * one of its characters is in a span that is learnt. Spans are what is between the template's generation marks; where it has
 * none, what each of the assistant's turns adds to the text before it, with the header that asks for it.
 *
 * @param cutoff the most tokens of a conversation
 */
public record Chat(ChatTemplate template, Tokenizer tokenizer, ChatSettings settings, int cutoff) {

    /**
     * A conversation as a model sees it.
     *
     * @param text that the template made
     * @param sequence its tokens; their labels may be none
     * @param turns that are in it: the first ones
     */
    public record Encoded(String text, Sequence sequence, int turns) {
        private Encoded unlabelled() {
            int[] labels = new int[sequence.length()];
            Arrays.fill(labels, Sequence.NO_LABEL);
            return new Encoded(text, new Sequence(sequence.tokens(), labels), turns);
        }
    }

    /**
     * The tokens of a conversation. One that is longer than the cut-off loses turns from its end, and ends with one of the
     * assistant's then.
     *
     * @return a whole conversation without labels where not even the shortest beginning with an answer is short enough
     * @throws TemplateMistake what the template says against it
     */
    public Encoded encode(Conversation conversation) {
        Encoded whole = all(conversation);
        if (whole.sequence().length() <= cutoff) {
            return whole;
        }
        int[] ends = IntStream.range(0, conversation.messages().size() - 1)
                .filter(conversation::isAnswer)
                .map(turn -> turn + 1)
                .toArray();
        Optional<Encoded> longest = Optional.empty();
        int least = 0;
        int most = ends.length;
        while (least < most) {
            int middle = (least + most) >>> 1;
            Encoded part = all(conversation.first(ends[middle]));
            if (part.sequence().length() <= cutoff) {
                longest = Optional.of(part);
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        return longest.orElseGet(whole::unlabelled);
    }

    /** The tokens of a conversation, however many. */
    private Encoded all(Conversation conversation) {
        Rendered rendered = template.render(conversation, Ending.NOTHING);
        Tokenizer.Located located = tokenizer.locate(rendered.text());
        int[] tokens = located.ids();
        int[] labels = tokens.clone();
        if (settings.labels() != ChatSettings.Turns.ALL) {
            List<Span> spans = spans(conversation, rendered);
            for (int i = 0; i < labels.length; i++) {
                if (!isIn(spans, located.from()[i], located.to()[i])) {
                    labels[i] = Sequence.NO_LABEL;
                }
            }
        }
        return new Encoded(
                rendered.text(),
                new Sequence(tokens, labels),
                conversation.messages().size());
    }

    private List<Span> spans(Conversation conversation, Rendered rendered) {
        boolean lastAlone = settings.labels() == ChatSettings.Turns.LAST;
        if (!template.marks(conversation)) {
            int first = lastAlone ? conversation.lastAnswer() : 0;
            return Additions.of(template, conversation, first, rendered.text());
        }
        List<Span> spans = rendered.generated();
        return lastAlone && !spans.isEmpty() ? spans.subList(spans.size() - 1, spans.size()) : spans;
    }

    private static boolean isIn(List<Span> spans, int from, int to) {
        int least = 0;
        int most = spans.size();
        while (least < most) {
            int middle = (least + most) >>> 1;
            if (spans.get(middle).to() <= from) {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        return least < spans.size()
                && from < spans.get(least).to()
                && to > spans.get(least).from();
    }

    /**
     * What a model is asked: the conversation with the header of an answer.
     *
     * @throws TemplateMistake what the template says against it
     */
    public Origin.Asked ask(Conversation conversation) {
        String text = template.render(conversation, Ending.PROMPT).text();
        return new Origin.Asked(text, tokenizer.locate(text).ids());
    }
}
