package org.loradash.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.Sha256;

/**
 * A file of records that is read once, or a folder of files that are records, and the hash of what was read.
 *
 * <p>A reader opens it and reads to the end. One that reads here and there of a file first has it read whole, by {@link
 * #readWhole}.
 */
public final class RecordFile {
    private final Configuration configuration;
    private final Path path;
    private final String setting;
    private final MessageDigest sha256 = Sha256.digest();

    private RecordFile(Configuration configuration, Path path, String setting) {
        this.configuration = configuration;
        this.path = path;
        this.setting = setting;
    }

    /**
     * A file that is there.
     *
     * @param setting the configuration key that names it, for messages
     * @throws org.loradash.tsd.InvalidInput where there is none
     */
    public static RecordFile of(Configuration configuration, Path path, String setting) throws IOException {
        InputFile.open(configuration, path, setting).close();
        return new RecordFile(configuration, path, setting);
    }

    /** A folder that is there, whose files are records. */
    public static RecordFile folder(Configuration configuration, Path path, String setting) {
        return new RecordFile(configuration, path, setting);
    }

    /**
     * All of a small file in a folder, which becomes part of the hash.
     *
     * @param limit the most bytes it may have
     */
    public byte[] bytes(Path file, int limit) throws IOException {
        byte[] bytes = InputFile.bytes(configuration, file, setting, limit);
        sha256.update(bytes);
        return bytes;
    }

    /** What the user calls it, for messages. */
    public String name() {
        return path.toString();
    }

    /** The configuration key that names it. */
    public String setting() {
        return setting;
    }

    /** Where it is, for readers that read here and there of it. */
    public Path path() {
        return path;
    }

    public Configuration configuration() {
        return configuration;
    }

    /** Its bytes, from the first to the last. */
    public InputStream open() throws IOException {
        return new DigestInputStream(InputFile.open(configuration, path, setting), sha256);
    }

    /** Reads it once to its end, for the hash. */
    public void readWhole() throws IOException {
        try (InputStream in = open()) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** SHA-256 of its bytes, in hexadecimal, once they have been read. */
    public String sha256() {
        return Sha256.hexadecimal(sha256);
    }
}
