package org.loradash.tsd.io;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The entries of a zip file whose entries are stored as they are, not compressed, as torch.save writes it. The JDK's reader
 * needs a file on a local disk.
 *
 * <p>The format (PKWARE's APPNOTE.TXT): entries, each behind a header of its own; the directory, which lists them; and at
 * the file's end where the directory is, in a second record of 64-bit numbers where those of 32 bits do not suffice.
 */
record StoredZip(Map<String, Entry> entries) {
    private static final int ENTRY_HEADER = 30;
    private static final int DIRECTORY_HEADER = 46;
    private static final int END = 22;
    private static final int END_LOCATOR_64 = 20;
    private static final int END_64 = 56;
    private static final int LONGEST_DIRECTORY = 4 << 20;
    private static final int WIDE = 1;
    private static final long IS_WIDE = 0xffffffffL;

    /**
     * One entry.
     *
     * @param where the file and its name, for errors
     * @param header the first byte of its header
     * @param bytes how many it has
     * @param end the byte by which it must have ended
     */
    record Entry(String where, long header, long bytes, long end) implements StoredTensor.Block {
        @Override
        public long begin(FSDataInputStream file) throws IOException {
            ByteBuffer head = StoredZip.read(file, header, ENTRY_HEADER);
            long begin = header + ENTRY_HEADER + unsigned(head, 26) + unsigned(head, 28);
            if (head.getInt(0) != 0x04034b50 || begin + bytes > end) {
                throw InvalidInput.of(where, "no entry of the zip file", "must be where its directory says");
            }
            return begin;
        }
    }

    /**
     * Reads a file's directory.
     *
     * @throws InvalidInput where there is none, or an entry is compressed, leaves the file, or is there twice
     */
    static StoredZip read(Path path, FSDataInputStream file, long fileBytes) throws IOException {
        try {
            require(path, fileBytes >= END + END_LOCATOR_64);
            ByteBuffer end = read(file, fileBytes - END, END);
            require(path, end.getInt(0) == 0x06054b50 && unsigned(end, 20) == 0);
            long bytes = Integer.toUnsignedLong(end.getInt(12));
            long begin = Integer.toUnsignedLong(end.getInt(16));
            if (bytes == IS_WIDE || begin == IS_WIDE) {
                ByteBuffer locator = read(file, fileBytes - END - END_LOCATOR_64, END_LOCATOR_64);
                require(path, locator.getInt(0) == 0x07064b50);
                long at = locator.getLong(8);
                require(path, at >= 0 && at <= fileBytes - END_64);
                ByteBuffer wide = read(file, at, END_64);
                require(path, wide.getInt(0) == 0x06064b50);
                bytes = wide.getLong(40);
                begin = wide.getLong(48);
            }
            require(path, bytes >= 0 && bytes <= LONGEST_DIRECTORY && begin >= 0 && begin <= fileBytes - bytes);
            return new StoredZip(entries(path, read(file, begin, (int) bytes), begin));
        } catch (BufferUnderflowException | IndexOutOfBoundsException malformed) {
            throw damaged(path);
        }
    }

    private static Map<String, Entry> entries(Path path, ByteBuffer directory, long end) {
        Map<String, Entry> entries = new HashMap<>();
        while (directory.hasRemaining()) {
            ByteBuffer header = slice(directory, DIRECTORY_HEADER);
            require(path, header.getInt(0) == 0x02014b50);
            byte[] name = new byte[unsigned(header, 28)];
            directory.get(name);
            ByteBuffer wide = wide(slice(directory, unsigned(header, 30)));
            slice(directory, unsigned(header, 32));
            long bytes = number(header.getInt(24), wide);
            long stored = number(header.getInt(20), wide);
            long begin = number(header.getInt(42), wide);
            String shown = new String(name, StandardCharsets.UTF_8);
            String where = path + ": " + Message.oneLine(shown);
            if (header.getShort(10) != 0 || bytes != stored) {
                throw InvalidInput.of(where, "compressed", "must be stored as it is, as torch.save does");
            }
            if (begin < 0 || bytes < 0 || begin > end - ENTRY_HEADER || bytes > end - ENTRY_HEADER - begin) {
                throw InvalidInput.of(where, bytes + " bytes at " + begin, "must end by " + end + "; is the file cut?");
            }
            if (entries.put(shown, new Entry(where, begin, bytes, end)) != null) {
                throw InvalidInput.of(where, "there twice", "must be there once");
            }
        }
        return entries;
    }

    /** The 64-bit numbers of an entry, in place of those of 32 bits that are all ones. */
    private static ByteBuffer wide(ByteBuffer extras) {
        while (extras.remaining() >= 2 * Short.BYTES) {
            int kind = Short.toUnsignedInt(extras.getShort());
            ByteBuffer extra = slice(extras, Short.toUnsignedInt(extras.getShort()));
            if (kind == WIDE) {
                return extra;
            }
        }
        return ByteBuffer.allocate(0);
    }

    private static long number(int narrow, ByteBuffer wide) {
        return narrow == -1 ? wide.getLong() : Integer.toUnsignedLong(narrow);
    }

    private static ByteBuffer slice(ByteBuffer from, int bytes) {
        ByteBuffer slice = from.slice(from.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
        from.position(from.position() + bytes);
        return slice;
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    /** Some bytes of a file, little-endian; they must be in the file. */
    static ByteBuffer read(FSDataInputStream file, long position, int bytes) throws IOException {
        byte[] read = new byte[bytes];
        file.readFully(position, read);
        return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void require(Path path, boolean holds) {
        if (!holds) {
            throw damaged(path);
        }
    }

    private static InvalidInput damaged(Path path) {
        return new InvalidInput(
                path + ": no directory of a zip file at its end (must be a file of torch.save; is it cut?)");
    }
}
