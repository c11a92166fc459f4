package org.loradash.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files under {@code flaky://} whose shards of tokens fail once when opened, and once at every position read. */
public final class FlakyFiles extends FilterFileSystem {
    static final String SPARK_PROPERTY = "spark.hadoop.fs.flaky.impl=" + FlakyFiles.class.getName();

    private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();

    public FlakyFiles() {
        super(new LocalFilesUnderFlaky());
    }

    /** How often something has failed since the last call. */
    static int failures() {
        int failures = FAILED.size();
        FAILED.clear();
        return failures;
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        FSDataInputStream in = super.open(path, bufferSize);
        if (!path.getName().endsWith(".tokens")) {
            return in;
        }
        failOnce(path + ": open");
        return new FSDataInputStream(new FlakyStream(path, in));
    }

    private static void failOnce(String what) throws IOException {
        if (FAILED.add(what)) {
            throw new IOException(what + ": this test's file fails once");
        }
    }

    private static final class LocalFilesUnderFlaky extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("flaky:///");
        }

        @Override
        public void initialize(URI name, Configuration conf) throws IOException {
            super.initialize(getUri(), conf);
        }
    }

    private static final class FlakyStream extends FSInputStream {
        private final Path path;
        private final FSDataInputStream in;

        FlakyStream(Path path, FSDataInputStream in) {
            this.path = path;
            this.in = in;
        }

        @Override
        public void readFully(long position, byte[] buffer, int offset, int length) throws IOException {
            failOnce(path + ": read at " + position);
            in.readFully(position, buffer, offset, length);
        }

        @Override
        public int read() throws IOException {
            throw new EOFException("shards are read by position");
        }

        @Override
        public void seek(long position) throws IOException {
            in.seek(position);
        }

        @Override
        public long getPos() throws IOException {
            return in.getPos();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
