package org.loradash.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.ModuleChanges;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.chat.ChatTemplate;
import org.loradash.data.chat.Conversation;
import org.loradash.data.jinja.TemplateMistake;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Shape;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.model.encoder.EncoderShape;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** A model in memory, with an adapter, that answers in text. */
public final class TextGenerator implements AutoCloseable {
    private static final char INCOMPLETE = '\uFFFD';

    private final Tokenizer tokenizer;
    private final Generator generator;
    private final Set<Integer> ends;
    private final int vocabularySize;
    private final int maximumPositions;

    private TextGenerator(
            Tokenizer tokenizer, Generator generator, Set<Integer> ends, int vocabularySize, int maximumPositions) {
        this.tokenizer = tokenizer;
        this.generator = generator;
        this.ends = ends;
        this.vocabularySize = vocabularySize;
        this.maximumPositions = maximumPositions;
    }

    /**
     * Loads a model.
     *
     * @param adapter a PEFT adapter directory that is merged into the weights, or applied beside them where they are
     *     quantised, as it was trained: what is quantised is the model's weights, not merged ones
     * @param storage how the weights are held; less precision takes less memory and more time a token
     * @param threads that compute together
     * @throws InvalidInput where the model or the adapter is missing, damaged, or they do not fit
     */
    public static TextGenerator open(
            String directory, Optional<String> adapter, Storage storage, int threads, Configuration hadoop) {
        try (ModelDirectory files = ModelDirectory.open(hadoop, directory)) {
            DecoderShape shape = decoder(files.shape());
            Tokenizer tokenizer = Tokenizer.open(hadoop, files.path());
            boolean opened = false;
            try {
                Set<Integer> ends = new LinkedHashSet<>(files.endTokens(shape.vocabularySize()));
                // What training puts behind every response.
                ends.add(tokenizer.endOfText());
                Generator generator = generator(files, adapter, storage, threads, hadoop);
                opened = true;
                return new TextGenerator(tokenizer, generator, ends, shape.vocabularySize(), shape.maximumPositions());
            } finally {
                if (!opened) {
                    tokenizer.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    private static DecoderShape decoder(Shape shape) {
        if (shape instanceof EncoderShape encoder) {
            throw InvalidInput.of(
                    "model.path",
                    "architecture " + encoder.architecture(),
                    "must be a decoder, which continues texts; the command predict tells what an encoder says of them");
        }
        return DecoderShape.of(shape);
    }

    private static Generator generator(
            ModelDirectory files, Optional<String> adapter, Storage storage, int threads, Configuration hadoop) {
        KernelProvider provider = KernelProvider.best();
        Optional<ModuleChanges> changes = adapter.map(directory -> PeftAdapter.changes(hadoop, files, directory));
        if (changes.isEmpty() || storage.isQuantised()) {
            Changes beside = changes.<Changes>map(given -> given).orElseGet(Changes::none);
            return new Generator((Decoder) files.load(storage), beside, provider, threads);
        }
        try (Kernels kernels = provider.open(threads)) {
            Backbone merged = files.load(storage, changes.get().merge(kernels));
            return new Generator((Decoder) merged, Changes.none(), provider, threads);
        }
    }

    /** The text in front of a response, as in training. */
    public static String prompt(String instruction, String input) {
        return Prompt.of(new InstructionRecord(instruction, input, ""));
    }

    /**
     * Continues a text.
     *
     * @param maxTokens the most new tokens
     * @param out is given the new text piece by piece as it comes; of a beam search at the end
     * @return the new tokens
     * @throws InvalidInput where the prompt is empty, or does not fit the model's positions together with the new tokens
     */
    public Generated generate(String prompt, Decoding decoding, int maxTokens, Consumer<String> out) {
        return generate(tokenizer.encode(prompt), decoding, maxTokens, out);
    }

    /**
     * Answers a conversation that ends with a question, as the model's chat template puts it.
     *
     * @throws InvalidInput likewise, and where there is no template, or it refuses the question
     */
    public Generated answer(
            Conversation asking, ChatTemplate template, Decoding decoding, int maxTokens, Consumer<String> out) {
        try {
            String text = template.render(asking, ChatTemplate.Ending.PROMPT).text();
            return generate(tokenizer.locate(text).ids(), decoding, maxTokens, out);
        } catch (TemplateMistake refused) {
            throw new InvalidInput(
                    template.place(asking) + ": " + Message.oneLine(refused.getMessage()) + " (must take these turns)",
                    refused);
        }
    }

    private Generated generate(int[] tokens, Decoding decoding, int maxTokens, Consumer<String> out) {
        check(tokens, maxTokens);
        int[] said = new int[maxTokens];
        int[] count = {0};
        StringBuilder written = new StringBuilder();
        Generated generated = generator
                .generate(List.of(tokens), 0, new Options(decoding, maxTokens, ends, 1), (index, token) -> {
                    said[count[0]++] = token;
                    write(tokenizer.decode(Arrays.copyOf(said, count[0])), written, out);
                })
                .get(0);
        String whole = tokenizer.decode(generated.tokens());
        if (whole.startsWith(written.toString())) {
            out.accept(whole.substring(written.length()));
        }
        return generated;
    }

    /** Hands on what is new; a character whose last bytes have not come is held back. */
    private static void write(String text, StringBuilder written, Consumer<String> out) {
        boolean complete = !text.isEmpty() && text.charAt(text.length() - 1) != INCOMPLETE;
        if (complete && text.length() > written.length() && text.startsWith(written.toString())) {
            String piece = text.substring(written.length());
            written.append(piece);
            out.accept(piece);
        }
    }

    private void check(int[] tokens, int maxTokens) {
        if (tokens.length == 0) {
            throw InvalidInput.of("--prompt", "no text", "must have one character at least");
        }
        for (int token : tokens) {
            if (token >= vocabularySize) {
                throw InvalidInput.of(
                        "token of the tokenizer",
                        token,
                        "must be from 0 to " + (vocabularySize - 1)
                                + ", the model's vocabulary; tokenizer.json is another model's");
            }
        }
        if ((long) tokens.length + maxTokens > maximumPositions) {
            throw InvalidInput.of(
                    "--max-tokens",
                    maxTokens,
                    "the prompt has %d tokens and the model's max_position_embeddings is %d"
                            .formatted(tokens.length, maximumPositions));
        }
    }

    @Override
    public void close() {
        generator.close();
        tokenizer.close();
    }
}
