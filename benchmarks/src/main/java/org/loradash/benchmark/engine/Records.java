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
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.data.InstructionRecord;
import org.loradash.data.Prompt;
import org.loradash.data.Sequence;
import org.loradash.data.Tokenisation;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.InvalidInput;

/** Records as batches, in the order of the file. */
public final class Records {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMS =
            "must be records of instruction, input and output, or of input_ids; a JSON" + " array or JSON lines";

    private Records() {}

    /**
     * The first batches of a file.
     *
     * @param model a Hugging Face directory, for its tokenizer
     * @throws InvalidInput where the file has fewer records, or others
     */
    public static List<TokenBatch> batches(String model, Path file, int steps, Recipe recipe) {
        if (steps < 1) {
            throw InvalidInput.of("--steps", steps, "must be at least 1");
        }
        int wanted = Math.multiplyExact(steps, recipe.batch());
        List<Sequence> sequences = first(
                model,
                file,
                wanted,
                wanted + ": " + steps + " steps of " + recipe.batch(),
                (record, tokenizer) -> sequence(record, tokenizer, recipe, file));
        return IntStream.range(0, steps)
                .mapToObj(step -> TokenBatch.of(sequences.subList(step * recipe.batch(), (step + 1) * recipe.batch())))
                .toList();
    }

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

    private static Sequence sequence(JsonNode record, Tokenizer tokenizer, Recipe recipe, Path file) {
        if (record.has("input_ids")) {
            int[] tokens = JSON.convertValue(record.get("input_ids"), int[].class);
            int[] kept = Arrays.copyOf(tokens, Math.min(tokens.length, recipe.cutoff()));
            return new Sequence(kept, kept);
        }
        if (!record.path("instruction").isTextual() || !record.path("output").isTextual()) {
            throw InvalidInput.of(file.toString(), "a record that is neither", FORMS);
        }
        InstructionRecord instruction = new InstructionRecord(
                record.get("instruction").asText(),
                record.path("input").asText(),
                record.get("output").asText());
        DataSettings data = new DataSettings(
                List.of(file.toString()),
                DataSettings.Format.INSTRUCTION,
                recipe.cutoff(),
                true,
                false,
                true,
                TableSettings.USUAL);
        return Tokenisation.sequence(tokenizer, instruction, data);
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

    /** Writes random tokens as JSON lines of input_ids, so that others train on the same. */
    public static void writeRandom(Path file, int records, int length, int vocabulary) throws IOException {
        List<String> lines = random(1, records, length, vocabulary).stream()
                .flatMap(batch -> batch.separate().stream())
                .map(sequence -> "{\"input_ids\":" + Arrays.toString(sequence.tokens()) + "}")
                .toList();
        Files.write(file, lines);
    }
}
