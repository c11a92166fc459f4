package org.loradash.tsd.io;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files for the tests of this package, as bytes and on disk. */
final class Samples {
    private Samples() {}

    static FileSystem local() {
        try {
            return FileSystem.getLocal(new Configuration());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Path path(java.nio.file.Path file) {
        return new Path(file.toUri());
    }

    /** A file with that header, its true length before it, and that many bytes of data, which count up from 0. */
    static byte[] bytes(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(Long.BYTES + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (int i = 0; i < dataBytes; i++) {
            file.put((byte) i);
        }
        return file.array();
    }

    static TensorFile open(java.nio.file.Path directory, byte[] content) {
        java.nio.file.Path file = directory.resolve("sample.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return TensorFile.open(local(), path(file));
    }
}
