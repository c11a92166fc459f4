package org.loradash.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.data.chat.Chat;
import org.loradash.data.chat.ChatTemplate;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.tsd.InvalidInput;

/** From records of {@code data.format} to tokens and labels. */
public final class Tokenisation {
    private Tokenisation() {}

    /**
     * What makes tokens and labels of the records of files in {@code data.format}. The same file and settings give the same
     * ones.
     *
     * <p>A record of which nothing can be learnt is a mistake: in the {@code tokens} format one without labels, in the
     * {@code instruction} format, when responses alone are trained on, one whose prompt takes all of {@code
     * data.cutoff}. It is not passed over in silence, for that would change which records a step sees. In the {@code chat} format
     * such a record is passed over, and counted.
     *
     * @param modelDirectory where tokenizer.json is; not read for the {@code tokens} format
     * @param vocabularySize tokens must be below it
     */
    public static RecordReader<Sequence> reader(
            Configuration configuration, DataSettings data, Path modelDirectory, int vocabularySize)
            throws IOException {
        return switch (data.format()) {
            case TOKENS -> (file, sink) -> JsonRecords.forEach(
                    file,
                    (parser, position) ->
                            sink.accept(TokenRecord.read(parser, position, vocabularySize, data.cutoff())));
            case INSTRUCTION -> new Instructions(
                    tokenizer(configuration, modelDirectory, vocabularySize), data, vocabularySize);
            case CHAT -> chat(configuration, modelDirectory, data, vocabularySize);
            case TEXT, LATENTS, IMAGES -> throw InvalidInput.of(
                    "data.format",
                    data.format().name().toLowerCase(Locale.ROOT),
                    "must be instruction, chat or tokens for task.kind = language");
        };
    }

    private static RecordReader<Sequence> chat(
            Configuration configuration, Path directory, DataSettings data, int vocabularySize) throws IOException {
        ChatTemplate template = ChatTemplate.open(configuration, directory, data.chat());
        Tokenizer tokenizer = tokenizer(configuration, directory, vocabularySize);
        return new ChatRecords(new Chat(template, tokenizer, data.chat(), data.cutoff()), vocabularySize);
    }

    private static Tokenizer tokenizer(Configuration configuration, Path directory, int vocabularySize)
            throws IOException {
        Tokenizer tokenizer = Tokenizer.open(configuration, directory);
        boolean fits = false;
        try {
            if (tokenizer.endOfText() >= vocabularySize) {
                throw InvalidInput.of(
                        directory + ": end-of-text token",
                        tokenizer.endOfText(),
                        "must be from 0 to %d, the model's vocabulary".formatted(vocabularySize - 1));
            }
            tokenizer.encode("Below is an instruction.");
            fits = true;
            return tokenizer;
        } finally {
            if (!fits) {
                tokenizer.close();
            }
        }
    }

    /**
     * The tokens and labels of a record: its prompt and output tokenised together, one end-of-text token behind them, cut to
     * {@code data.cutoff}. Labels are the tokens themselves, but for as many as the prompt tokenised alone has when
     * {@code data.train-on-inputs} is false. The result may have no label then, when the prompt is that long.
     */
    public static Sequence sequence(Tokenizer tokenizer, InstructionRecord record, DataSettings data) {
        String prompt = Prompt.of(record);
        int[] text = tokenizer.encodeEnded(prompt + record.output());
        int[] tokens = Arrays.copyOf(text, Math.min(text.length, data.cutoff()));
        if (data.trainOnInputs()) {
            return new Sequence(tokens, tokens);
        }
        int[] labels = tokens.clone();
        Arrays.fill(labels, 0, Math.min(tokenizer.encode(prompt).length, labels.length), Sequence.NO_LABEL);
        return new Sequence(tokens, labels);
    }

    /**
     * Reads instruction records, and counts those that the cut-off leaves without labels: the user hears of all of a file
     * at once, and which cut-off would do.
     */
    private record Instructions(Tokenizer tokenizer, DataSettings data, int vocabularySize)
            implements RecordReader<Sequence> {
        @Override
        public void read(RecordFile file, Sink<Sequence> sink) throws IOException {
            Unlabelled unlabelled = new Unlabelled();
            long records = JsonRecords.forEach(file, (parser, position) -> {
                InstructionRecord record = InstructionRecord.read(parser, position);
                Sequence sequence = sequence(tokenizer, record, data);
                Vocabulary.check(sequence.tokens(), vocabularySize, position);
                sink.origin(() -> Prompt.of(record) + record.output());
                if (sequence.labelledTokens() > 0) {
                    sink.accept(sequence);
                } else {
                    unlabelled.add(position, tokenizer.encode(Prompt.of(record)).length);
                }
            });
            unlabelled.refuse(records, data.cutoff());
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }

    /** Records of a file of whose responses nothing is left. */
    private static final class Unlabelled {
        private RecordPosition first;
        private long count;
        private int longestPrompt;

        void add(RecordPosition position, int promptTokens) {
            first = count++ == 0 ? position : first;
            longestPrompt = Math.max(longestPrompt, promptTokens);
        }

        void refuse(long records, int cutoff) {
            if (count > 0) {
                throw InvalidInput.of(
                        first.toString(),
                        "nothing of the response is within data.cutoff = " + cutoff + ", as in " + count + " of "
                                + records + " records of the file",
                        "data.cutoff must be at least " + (longestPrompt + 1)
                                + " for them, or data.train-on-inputs true");
            }
        }
    }
}
