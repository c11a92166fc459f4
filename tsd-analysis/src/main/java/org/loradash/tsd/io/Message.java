package org.loradash.tsd.io;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.loradash.tsd.InvalidInput;

/** What is said about a file that cannot be read. */
public final class Message {
    private static final int LONGEST = 160;

    private Message() {}

    /** Text from a file, fit for an error message: on one line, without control characters, cut when very long. */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean plain = !Character.isISOControl(c) && !Character.isSurrogate(c) && c != '\u2028' && c != '\u2029';
            line.append(plain ? c : '?');
        }
        return text.length() > LONGEST ? line.append("...").toString() : line.toString();
    }

    /**
     * The exception for a failed read: {@link InvalidInput} where the file is at fault, {@link UncheckedIOException}
     * where the storage is.
     */
    public static RuntimeException of(Path path, IOException failure) {
        if (failure instanceof FileNotFoundException) {
            return new InvalidInput(path + ": not found (must be a readable file)", failure);
        }
        if (failure instanceof AccessControlException) {
            return new InvalidInput(path + ": permission denied (must be a readable file)", failure);
        }
        if (failure instanceof EOFException) {
            return new InvalidInput(path + ": cut short while it was read (must stay as it was when opened)", failure);
        }
        if (failure instanceof ChecksumException) {
            return new InvalidInput(path + ": damaged (its bytes must agree with its checksum file)", failure);
        }
        return new UncheckedIOException(
                path + ": cannot be read: " + oneLine(String.valueOf(failure.getMessage())), failure);
    }
}
