package org.loradash.tsd.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.loradash.tsd.InvalidInput;

/** Files that are written whole or not at all, also after the machine has lost its power, and read at once. */
public final class WholeFile {
    private WholeFile() {}

    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes the content of a file aside, has it on disk, and makes it visible by one rename, in place of an older one.
     *
     * @throws UncheckedIOException whose message is the file
     */
    public static void write(FileSystem files, Path file, Content content) {
        Path aside = aside(file);
        boolean done = false;
        try {
            try (FSDataOutputStream out = files.create(aside, true)) {
                content.write(out);
                sync(out);
            }
            // On most file systems a rename refuses to replace a file.
            files.delete(file, false);
            if (!files.rename(aside, file)) {
                throw new IOException("cannot rename " + aside + " to " + file.getName());
            }
            done = true;
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException(file.toString(), e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        } finally {
            if (!done) {
                discard(files, aside);
            }
        }
    }

    public static void write(FileSystem files, Path file, String text) {
        write(files, file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * All bytes of a small file.
     *
     * @param shown what the file is called in errors
     * @param most how many it may have
     * @throws InvalidInput where it has more
     * @throws EOFException where it has become shorter while it was read
     */
    public static byte[] read(FileSystem files, Path file, String shown, int most) throws IOException {
        long length = files.getFileStatus(file).getLen();
        try (FSDataInputStream in = files.open(file)) {
            // A pipe has no length before it is read.
            byte[] bytes = length > most ? new byte[0] : in.readNBytes(most + 1);
            if (length > most || bytes.length > most) {
                throw InvalidInput.of(shown, Math.max(length, bytes.length) + " bytes", "must be at most " + most);
            }
            if (bytes.length < length) {
                throw new EOFException(shown);
            }
            return bytes;
        }
    }

    /** Removes what failed to be written: on a full disk it takes room. Where that fails too, the first failure counts. */
    public static void discard(FileSystem files, Path aside) {
        try {
            files.delete(aside, false);
        } catch (IOException left) {
            // The next attempt writes over it.
        }
    }

    /** Where a file is while it is being written. */
    public static Path aside(Path file) {
        return new Path(file.getParent(), new Path(null, null, "." + file.getName() + ".writing"));
    }

    /**
     * Has what was written on disk, where the file system offers that before a file is closed; object stores keep a file
     * when it is closed, and not before.
     */
    public static void sync(FSDataOutputStream out) throws IOException {
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
            out.hsync();
        } else {
            out.flush();
        }
    }
}
