package org.loradash.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Sha256;

/**
 * A file of records that is read once, or a part of one, rows that somebody else reads, or a folder of files that are
 * records; and the hash of what was read.
 *
 * <p>A reader opens it and reads to the end. One that reads here and there of a file first has it read whole, by {@link
 * #readWhole}.
 */
public final class RecordFile {
    private final Configuration configuration;
    private final Path path;
    private final String name;
    private final String setting;
    private final Content content;
    private final JsonRecords.Positions positions;
    private final Form form;
    private final MessageDigest sha256 = Sha256.digest();

    /** How the records lie in it. */
    private enum Form {
        /** As its name or the settings say. */
        WHOLE,
        /** A file among others, or a part of one, that need not have a record. */
        PART,
        /** Objects of JSON, a line each. */
        ROWS
    }

    private interface Content {
        InputStream open() throws IOException;
    }

    private RecordFile(
            Configuration configuration, Path path, String name, String setting, Form form, Content content) {
        this(configuration, path, name, setting, form, content, (record, line) -> {
            // The lines of rows are not the user's: a row of CSV may have several, or none before it.
            return new RecordPosition(name, record, form == Form.ROWS ? 0 : line);
        });
    }

    private RecordFile(
            Configuration configuration,
            Path path,
            String name,
            String setting,
            Form form,
            Content content,
            JsonRecords.Positions positions) {
        this.configuration = configuration;
        this.path = path;
        this.name = name;
        this.setting = setting;
        this.form = form;
        this.content = content;
        this.positions = positions;
    }

    /**
     * A file that is there.
     *
     * @param setting the configuration key that names it, for messages
     * @throws org.loradash.tsd.InvalidInput where there is none
     */
    public static RecordFile of(Configuration configuration, Path path, String setting) throws IOException {
        return of(configuration, path, setting, Form.WHOLE);
    }

    /** A file that is there, among others: it may have no record. */
    public static RecordFile among(Configuration configuration, Path path, String setting) throws IOException {
        return of(configuration, path, setting, Form.PART);
    }

    private static RecordFile of(Configuration configuration, Path path, String setting, Form form) throws IOException {
        InputFile.open(configuration, path, setting).close();
        return new RecordFile(
                configuration,
                path,
                path.toString(),
                setting,
                form,
                () -> InputFile.open(configuration, path, setting));
    }

    /**
     * The lines of a file that begin within a range of bytes. They may be none.
     *
     * @param from the first byte at which a line may begin
     * @param to behind the last one
     */
    public static RecordFile lines(Configuration configuration, Path path, String setting, long from, long to) {
        String name = from == 0 ? path.toString() : path + " behind byte " + from;
        return new RecordFile(
                configuration,
                path,
                name,
                setting,
                Form.PART,
                () -> new LineRange(FileSystems.of(setting, path, configuration).open(path), from, to));
    }

    /**
     * Rows of a table.
     *
     * @param name what the user calls it
     * @param json an object for each row, a line each
     */
    public static RecordFile rows(Configuration configuration, String name, String setting, InputStream json) {
        return new RecordFile(configuration, new Path("rows"), name, setting, Form.ROWS, () -> json);
    }

    /** A row of another file, which stands where it does there. @param json an object */
    static RecordFile row(RecordFile file, RecordPosition position, byte[] json) {
        return new RecordFile(
                file.configuration,
                new Path("rows"),
                file.name,
                file.setting,
                Form.ROWS,
                () -> new ByteArrayInputStream(json),
                (record, line) -> position);
    }

    /** A folder that is there, whose files are records. */
    public static RecordFile folder(Configuration configuration, Path path, String setting) {
        return new RecordFile(
                configuration,
                path,
                path.toString(),
                setting,
                Form.WHOLE,
                () -> InputFile.open(configuration, path, setting));
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
        return name;
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

    /** Where a record of it stands, for messages. @param record from 0 @param line of its bytes, from 1, or 0 in an array */
    RecordPosition position(long record, int line) {
        return positions.of(record, line);
    }

    /** Whether its records are objects of JSON, whatever its name and the settings say. */
    boolean isRows() {
        return form == Form.ROWS;
    }

    /** Whether it may have no record, for it is not all that the user named. */
    boolean mayBeEmpty() {
        return form != Form.WHOLE;
    }

    /** What is in it, from the first byte to the last, unpacked where its name says that it is packed. */
    public InputStream open() throws IOException {
        InputStream bytes = new DigestInputStream(content.open(), sha256);
        return isRows() ? bytes : Packing.ofName(path.getName()).unpacked(bytes, name);
    }

    /** Reads it once to its end, for the hash. */
    public void readWhole() throws IOException {
        try (InputStream in = new DigestInputStream(content.open(), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** SHA-256 of its bytes, in hexadecimal, once they have been read. */
    public String sha256() {
        return Sha256.hexadecimal(sha256);
    }
}
