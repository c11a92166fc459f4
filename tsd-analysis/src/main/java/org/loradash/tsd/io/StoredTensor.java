package org.loradash.tsd.io;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A tensor and where its elements lie in its file.
 *
 * @param block the run of bytes that holds them
 * @param offset of the first element, in bytes from the block's beginning
 */
record StoredTensor(TensorInfo info, Block block, long offset) {
    /** A run of bytes of a file. */
    interface Block {
        /** The position of its first byte in the file. */
        long begin(FSDataInputStream file) throws IOException;
    }

    /** The byte after its last, counted as {@link #offset} is. */
    long end() {
        return offset + info.bytes();
    }

    /** The same under another name. */
    StoredTensor named(String name) {
        return new StoredTensor(new TensorInfo(name, info.type(), info.shape()), block, offset);
    }
}
