package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Settings;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.Sha256;

/** One input file into one shard of tokens: the work of one task. */
public final class Tokenisation {
    private Tokenisation() {}

    /**
     * Reads the records of a file, makes tokens and labels of them, and writes them as a shard, whole or not at all.
     * The same file and settings give the same bytes.
     *
     * <p>A record of which nothing can be learnt is a mistake: in the {@code tokens} format one without labels, in the
     * {@code instruction} format, when responses alone are trained on, one whose prompt takes all of {@code
     * data.cutoff}. It is not passed over in silence, for that would change which records a step sees.
     *
     * @param setting that names the file, for messages
     * @param input the file, in {@code data.format}
     * @param modelDirectory where tokenizer.json is; not read for the {@code tokens} format
     * @param vocabularySize tokens must be below it
     * @param shard where the shard goes: {@link TokenStore#shard}
     * @return its totals, or the user's mistake
     * @throws IOException when a file system fails, which is worth another attempt
     */
    public static ShardSummary writeShard(
            Configuration configuration,
            String setting,
            Path input,
            Settings.Data data,
            Path modelDirectory,
            int vocabularySize,
            Path shard)
            throws IOException {
        MessageDigest sha256 = Sha256.digest();
        try (InputStream in = new DigestInputStream(InputFile.open(configuration, input, setting), sha256);
                TokenShardWriter writer = TokenShardWriter.create(shard.getFileSystem(configuration), shard)) {
            switch (data.format()) {
                case TOKENS -> JsonRecords.forEach(
                        in,
                        input.toString(),
                        (parser, position) ->
                                writer.write(TokenRecord.read(parser, position, vocabularySize, data.cutoff())));
                case INSTRUCTION -> {
                    try (Tokenizer tokenizer = Tokenizer.open(configuration, modelDirectory)) {
                        Instructions instructions = new Instructions(tokenizer, data, vocabularySize, writer);
                        long records = JsonRecords.forEach(in, input.toString(), instructions::write);
                        instructions.refuseUnlabelled(input, records);
                    }
                }
            }
            writer.commit();
            return new ShardSummary.Written(
                    writer.records(),
                    writer.tokens(),
                    writer.labelledTokens(),
                    writer.longest(),
                    Sha256.hexadecimal(sha256));
        } catch (ChecksumException damaged) {
            return new ShardSummary.Refused(Message.of(input, damaged).getMessage());
        } catch (InvalidInput mistake) {
            return new ShardSummary.Refused(mistake.getMessage());
        }
    }

    /**
     * The tokens and labels of a record: its prompt and output tokenised together, one end-of-text token behind them, cut to
     * {@code data.cutoff}. Labels are the tokens themselves, but for as many as the prompt tokenised alone has when
     * {@code data.train-on-inputs} is false. The result may have no label then, when the prompt is that long.
     */
    public static Sequence sequence(Tokenizer tokenizer, InstructionRecord record, Settings.Data data) {
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
     * Writes instruction records, and counts those that the cut-off leaves without labels: the user hears of all of
     * them at once, and which cut-off would do.
     */
    private static final class Instructions {
        private final Tokenizer tokenizer;
        private final Settings.Data data;
        private final int vocabularySize;
        private final TokenShardWriter writer;
        private RecordPosition firstUnlabelled;
        private long unlabelled;
        private int longestPrompt;

        Instructions(Tokenizer tokenizer, Settings.Data data, int vocabularySize, TokenShardWriter writer) {
            this.tokenizer = tokenizer;
            this.data = data;
            this.vocabularySize = vocabularySize;
            this.writer = writer;
        }

        void write(JsonParser parser, RecordPosition position) throws IOException {
            InstructionRecord record = InstructionRecord.read(parser, position);
            Sequence sequence = sequence(tokenizer, record, data);
            for (int token : sequence.tokens()) {
                if (token >= vocabularySize) {
                    throw InvalidInput.of(
                            position.toString(),
                            "token " + token + " of the tokenizer",
                            "must be from 0 to " + (vocabularySize - 1)
                                    + ", the model's vocabulary; tokenizer.json is another model's");
                }
            }
            if (sequence.labelledTokens() > 0) {
                writer.write(sequence);
                return;
            }
            if (unlabelled++ == 0) {
                firstUnlabelled = position;
            }
            longestPrompt = Math.max(longestPrompt, tokenizer.encode(Prompt.of(record)).length);
        }

        void refuseUnlabelled(Path input, long records) {
            if (unlabelled > 0) {
                throw InvalidInput.of(
                        firstUnlabelled.toString(),
                        "nothing of the response is within data.cutoff = " + data.cutoff() + ", as in " + unlabelled
                                + " of " + records + " records of the file",
                        "data.cutoff must be at least " + (longestPrompt + 1)
                                + " for them, or data.train-on-inputs true");
            }
        }
    }
}
