package org.loradash.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of records, so many of one record at most: what a parser keeps of a record without end, such as a name, it
 * would keep until memory is full.
 */
final class RecordInput extends FilterInputStream {
    /** The most bytes of a record: three texts as long as they may be, and more. */
    static final long LONGEST = 1 << 26;

    private long ofRecord;

    RecordInput(InputStream in) {
        super(in);
    }

    /** A record has more bytes than that. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** What is read from here on is the next record's. What has been read ahead is not counted. */
    void recordEnds() {
        ofRecord = 0;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int read) throws TooLong {
        ofRecord += read;
        if (ofRecord > LONGEST) {
            throw new TooLong();
        }
    }
}
