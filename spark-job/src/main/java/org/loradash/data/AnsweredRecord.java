package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.Sha256;

/**
 * A record of which the right answer is known, to ask a model.
 *
 * @param instruction with its input and output, which need not be there
 * @param answer the right one, such as {@code answer3}
 * @param place file and line or number of the record, for messages
 */
public record AnsweredRecord(InstructionRecord instruction, String answer, String place) {
    private static final long LARGEST_FILE = 1L << 30;

    /**
     * The records of a file.
     *
     * @param records in their order
     * @param sha256 of the whole file
     */
    public record File(List<AnsweredRecord> records, String sha256) {}

    /**
     * Reads a file, in JSON or JSON lines, to its end.
     *
     * @param setting that names the file, for messages
     * @param most how many records are kept, the first ones
     * @throws InvalidInput where there is no such file, it is too large, or a record lacks instruction or answer
     */
    public static File read(Configuration configuration, Path file, String setting, long most) {
        MessageDigest sha256 = Sha256.digest();
        List<AnsweredRecord> records = new ArrayList<>();
        try (InputStream in = InputFile.open(configuration, file, setting)) {
            long bytes = file.getFileSystem(configuration).getFileStatus(file).getLen();
            if (bytes > LARGEST_FILE) {
                throw InvalidInput.of(setting, file, "has " + bytes + " bytes; must have at most " + LARGEST_FILE);
            }
            JsonRecords.forEach(new DigestInputStream(in, sha256), file.toString(), (parser, position) -> {
                AnsweredRecord record = read(parser, position);
                if (records.size() < most) {
                    records.add(record);
                }
            });
        } catch (ChecksumException damaged) {
            throw Message.of(file, damaged);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        return new File(List.copyOf(records), Sha256.hexadecimal(sha256));
    }

    private static AnsweredRecord read(JsonParser parser, RecordPosition position) throws IOException {
        Map<String, String> texts =
                InstructionRecord.texts(parser, position, Set.of("instruction", "input", "output", "answer"));
        String allowed = "a question has the texts instruction and answer, and may have input and output";
        return new AnsweredRecord(
                new InstructionRecord(
                        InstructionRecord.required(texts, "instruction", position, allowed),
                        texts.getOrDefault("input", ""),
                        texts.getOrDefault("output", "")),
                InstructionRecord.required(texts, "answer", position, allowed),
                position.toString());
    }
}
