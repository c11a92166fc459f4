package org.loradash.benchmark.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.Sequence;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.task.classification.TextBatch;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;

/** Prompts of a file, and random or tokenised records for others to read. */
public final class Records {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMS = "must be records of instruction, input and output; a JSON array or JSON lines";

    private Records() {}

    /**
     * The prompts of a file's first records, without their outputs.
     *
     * @param model a Hugging Face directory, for its tokenizer
     * @throws InvalidInput where the file has fewer records, or others
     */
    public static List<int[]> prompts(String model, Path file, int count) {
        if (count < 1) {
            throw InvalidInput.of("--records", count, "must be at least 1");
        }
        return first(model, file, count, String.valueOf(count), (record, tokenizer) -> {
            if (!record.path("instruction").isTextual()) {
                throw InvalidInput.of(file.toString(), "a record without instruction", "must be instruction records");
            }
            return tokenizer.encode(Prompt.of(new InstructionRecord(
                    record.get("instruction").asText(), record.path("input").asText(), "")));
        });
    }

    private static <T> List<T> first(
            String model, Path file, int wanted, String told, BiFunction<JsonNode, Tokenizer, T> made) {
        try (Tokenizer tokenizer = Tokenizer.open(new Configuration(), new org.apache.hadoop.fs.Path(model))) {
            List<T> all = new ArrayList<>();
            // An array's elements come one by one, as the objects of JSON lines do.
            try (MappingIterator<JsonNode> records =
                    JSON.readerFor(JsonNode.class).readValues(file.toFile())) {
                while (all.size() < wanted && records.hasNext()) {
                    all.add(made.apply(records.next(), tokenizer));
                }
            }
            if (all.size() < wanted) {
                throw InvalidInput.of(file.toString(), all.size() + " records", "must have " + told);
            }
            return all;
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw InvalidInput.of("RECORDS", file, "no such file");
        } catch (IOException | RuntimeException e) {
            if (e instanceof InvalidInput mistake) {
                throw mistake;
            }
            throw new InvalidInput(
                    file + ": " + e.getMessage().lines().findFirst().orElse("") + " (" + FORMS + ")", e);
        }
    }

    /** Batches of random tokens, all sequences of one length. */
    public static List<TokenBatch> random(int steps, int sequences, int length, int vocabulary) {
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, steps)
                .mapToObj(step -> TokenBatch.of(IntStream.range(0, sequences)
                        .mapToObj(i -> {
                            int[] tokens = random.ints(length, 0, vocabulary).toArray();
                            return new Sequence(tokens, tokens);
                        })
                        .toList()))
                .toList();
    }

    /**
     * Writes random tokens as JSON lines that we and others can train on, all records of one length.
     *
     * @param labelled whether a record has one label, of two classes in turn, or each token is its own
     */
    public static void writeRandom(Path file, int records, int length, int vocabulary, boolean labelled)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (TokenBatch sequence : random(1, records, length, vocabulary).get(0).separate()) {
            String tokens = Arrays.toString(sequence.tokens());
            lines.add(
                    labelled
                            ? line(tokens, "", lines.size() % 2)
                            : "{\"input_ids\":%s,\"labels\":%s}".formatted(tokens, tokens));
        }
        Files.write(file, lines);
    }

    /** Writes texts as JSON lines of the tokens that we train on, for others to train on the same. */
    public static void write(Path file, List<TextBatch> batches) throws IOException {
        List<String> lines = new ArrayList<>();
        for (TextBatch batch : batches) {
            for (int i = 0; i < batch.texts(); i++) {
                int from = batch.starts()[i];
                int to = batch.starts()[i + 1];
                String types = Arrays.toString(Arrays.copyOfRange(batch.types(), from, to));
                lines.add(line(
                        Arrays.toString(Arrays.copyOfRange(batch.tokens(), from, to)),
                        "\"token_type_ids\":%s,".formatted(types),
                        batch.labels()[i]));
            }
        }
        Files.write(file, lines);
    }

    private static String line(String tokens, String types, float label) {
        String number = label == (int) label ? String.valueOf((int) label) : String.valueOf(label);
        return "{\"input_ids\":%s,%s\"label\":%s}".formatted(tokens, types, number);
    }
}
