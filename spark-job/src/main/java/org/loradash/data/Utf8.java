package org.loradash.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Texts in UTF-8. */
final class Utf8 {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private Utf8() {}

    /**
     * Bytes as characters, without the mark that some programs begin them with. What is not UTF-8 is a {@link
     * java.nio.charset.CharacterCodingException}, where readers would put a question mark in its place; it comes once all
     * characters in front of it have been read, so that who has counted lines knows where it is.
     */
    static Reader reader(InputStream in) throws IOException {
        PushbackInputStream bytes = new PushbackInputStream(in, BYTE_ORDER_MARK.length);
        byte[] first = bytes.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(first, BYTE_ORDER_MARK)) {
            bytes.unread(first);
        }
        return new Characters(bytes);
    }

    /** The JDK's reader throws at a mistake anywhere in its buffer, before it gives the characters that the buffer begins with. */
    private static final class Characters extends Reader {
        private static final int BUFFER = 1 << 13;

        private final InputStream in;
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        private final byte[] buffer = new byte[BUFFER];
        private final ByteBuffer bytes = ByteBuffer.wrap(buffer).limit(0);
        private final CharBuffer decoded = CharBuffer.allocate(BUFFER).limit(0);
        private boolean ended;

        Characters(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(char[] to, int offset, int length) throws IOException {
            if (!decoded.hasRemaining() && !decode()) {
                return -1;
            }
            int read = Math.min(length, decoded.remaining());
            decoded.get(to, offset, read);
            return read;
        }

        /** False where there are no more characters. */
        private boolean decode() throws IOException {
            while (true) {
                CoderResult result = decoder.decode(bytes, decoded.clear(), ended);
                if (decoded.flip().hasRemaining()) {
                    return true;
                }
                if (result.isError()) {
                    result.throwException();
                }
                if (ended) {
                    return false;
                }
                fill();
            }
        }

        private void fill() throws IOException {
            bytes.compact();
            int read = in.read(buffer, bytes.position(), bytes.remaining());
            ended = read < 0;
            bytes.position(bytes.position() + Math.max(0, read)).flip();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
