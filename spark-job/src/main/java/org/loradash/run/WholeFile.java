package org.loradash.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files that are there whole or not at all. */
final class WholeFile {
    private WholeFile() {}

    @FunctionalInterface
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Writes the content of a file aside and makes it visible by one rename, in place of an older one. */
    static void write(FileSystem files, Path file, Content content) {
        Path aside = aside(file);
        try {
            try (OutputStream out = files.create(aside, true)) {
                content.write(out);
            }
            files.delete(file, false);
            if (!files.rename(aside, file)) {
                throw new IOException("cannot rename " + aside + " to " + file.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    static void write(FileSystem files, Path file, String text) {
        write(files, file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Where a file is while it is being written. */
    static Path aside(Path file) {
        return new Path(file.getParent(), "." + file.getName() + ".writing");
    }
}
