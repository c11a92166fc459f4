package org.loradash.cli;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files under {@code counted://} that note which parts of an evaluation are written, and refuse some of them. */
public final class CountedFiles extends FilterFileSystem {
    static final String SPARK_PROPERTY = "spark.hadoop.fs.counted.impl=" + CountedFiles.class.getName();

    private static final List<String> WRITTEN = new CopyOnWriteArrayList<>();
    private static volatile Set<String> refused = Set.of();

    public CountedFiles() {
        super(new LocalFilesUnderCounted());
    }

    /** Refuses to write parts, such as {@code ARC-Easy/000000004}, from now on; none where none is named. */
    static void refuse(String... parts) {
        refused = Set.of(parts);
    }

    /** The parts that have been begun to be written since the last call. */
    static List<String> written() {
        List<String> written = List.copyOf(WRITTEN);
        WRITTEN.clear();
        return written;
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        if (path.getParent().getParent().getName().equals("parts")) {
            String part = path.getParent().getName() + "/"
                    + path.getName().substring(1).replaceAll("\\.jsonl\\..*", "");
            WRITTEN.add(part);
            if (refused.contains(part)) {
                throw new IOException(part + ": this test's file cannot be written");
            }
        }
        return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }

    private static final class LocalFilesUnderCounted extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("counted:///");
        }

        @Override
        public void initialize(URI name, Configuration conf) throws IOException {
            super.initialize(getUri(), conf);
        }
    }
}
