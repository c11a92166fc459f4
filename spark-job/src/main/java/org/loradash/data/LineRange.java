package org.loradash.data;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/** The lines of a file that begin within a range of its bytes, so that ranges end to end have every line once. */
final class LineRange extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final FSDataInputStream in;
    private final long to;
    private final byte[] buffer = new byte[BUFFER];
    private int next;
    private int filled;

    /** Where in the file the next byte of the buffer is. */
    private long position;

    private boolean lineBegins;

    /**
     * @param from the first byte at which a line may begin
     * @param to behind the last one
     */
    LineRange(FSDataInputStream in, long from, long to) throws IOException {
        this.in = in;
        this.to = to;
        this.position = Math.max(0, from - 1);
        this.lineBegins = from == 0;
        in.seek(position);
        while (!lineBegins && fill()) {
            lineBegins = buffer[next++] == '\n';
            position++;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int read = 0;
        while (read < length && !(lineBegins && position >= to) && fill()) {
            byte value = buffer[next++];
            bytes[offset + read++] = value;
            position++;
            lineBegins = value == '\n';
        }
        return read == 0 ? -1 : read;
    }

    /** Whether there is a byte in the buffer. */
    private boolean fill() throws IOException {
        if (next == filled) {
            next = 0;
            filled = Math.max(0, in.read(buffer, 0, BUFFER));
        }
        return next < filled;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
