package org.loradash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.data.Sequence;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;

/** The files of src-test-data, for tests. */
public final class Fixtures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Fixtures() {}

    /** A path below src-test-data. */
    public static Path path(String name) {
        Path path = Path.of("..", "src-test-data", name).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw new IllegalStateException(path + " is missing: run the script beside it");
        }
        return path;
    }

    public static org.apache.hadoop.fs.Path hadoopPath(String name) {
        return new org.apache.hadoop.fs.Path(path(name).toUri());
    }

    public static FileSystem localFiles() {
        try {
            return FileSystem.getLocal(new Configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The task of a tiny model, for batches of sequences of at most that length. */
    public static NextTokens nextTokens(int longest) {
        return nextTokens(longest, true);
    }

    /** The same without sharing what sequences have in common. */
    public static NextTokens nextTokensApart(int longest) {
        return nextTokens(longest, false);
    }

    private static NextTokens nextTokens(int longest, boolean sharing) {
        DataSettings data = new DataSettings(
                List.of(),
                DataSettings.Format.TOKENS,
                longest,
                true,
                false,
                true,
                sharing,
                TableSettings.USUAL,
                ChatSettings.USUAL);
        return new NextTokens(data, "", 150, 256);
    }

    /** Records [from, to) of a file of tokens. */
    public static TokenBatch batch(Path tokens, int from, int to) {
        try {
            List<Sequence> sequences = new ArrayList<>();
            for (String line : Files.readAllLines(tokens).subList(from, to)) {
                JsonNode json = JSON.readTree(line);
                sequences.add(new Sequence(
                        JSON.convertValue(json.get("input_ids"), int[].class),
                        JSON.convertValue(json.get("labels"), int[].class)));
            }
            return TokenBatch.of(sequences);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
