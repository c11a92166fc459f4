package org.loradash.tsd.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** SHA-256 of what files and texts hold, in hexadecimal. */
public final class Sha256 {
    private static final int AT_ONCE = 1 << 20;

    private Sha256() {}

    /** A digest to feed. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** What a digest came to; it starts anew. */
    public static String hexadecimal(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String of(String text) {
        MessageDigest digest = digest();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return hexadecimal(digest);
    }

    /** Reads a whole file. */
    public static String of(FileSystem files, Path file) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = new DigestInputStream(files.open(file), digest)) {
            byte[] buffer = new byte[AT_ONCE];
            while (in.read(buffer) >= 0) {
                // The digest sees what is read.
            }
        } catch (ChecksumException damaged) {
            throw Message.of(file, damaged);
        }
        return hexadecimal(digest);
    }
}
