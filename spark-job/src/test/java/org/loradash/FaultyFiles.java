package org.loradash;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files under {@code faulty://}, each operation on which may fail as a test says; all that change something are noted. */
public final class FaultyFiles extends FilterFileSystem {
    public static final String SPARK_PROPERTY = "spark.hadoop.fs.faulty.impl=" + FaultyFiles.class.getName();

    private static final String HANG = "loradash.hang";
    private static final String SLOW = "loradash.slow";
    private static final String REACHED = "loradash.hang.reached";

    private static final List<Operation> DONE = Collections.synchronizedList(new ArrayList<>());
    private static volatile Fault fault = ofThisProcess();
    private static volatile boolean growing = true;

    public FaultyFiles() {
        super(new LocalFilesUnderFaulty());
    }

    /** What is done to a file: open, create, write, sync, rename (of the file that it is then) or delete. */
    public record Operation(String kind, org.apache.hadoop.fs.Path path) {
        public boolean is(String wanted, String partOfPath) {
            return kind.equals(wanted) && path.toString().contains(partOfPath);
        }

        public boolean changes() {
            return !kind.equals("open");
        }

        /** Signs of life come when time has passed, not in the order of a run. */
        public boolean ofClaim() {
            return path.toString().contains("/claims");
        }
    }

    /** Called before an operation. One that fails in a write leaves half of the bytes, as a torn one would. */
    @FunctionalInterface
    public interface Fault {
        void before(Operation operation) throws IOException;
    }

    /** From now on; what was done before is forgotten. */
    public static void fail(Fault now) {
        DONE.clear();
        fault = now;
    }

    /** Nothing fails any more. */
    public static void heal() {
        fault = operation -> {};
        growing = true;
    }

    /** Files are kept when they are closed and not before, as those of an object store. */
    public static void keepOnlyClosedFiles() {
        growing = false;
    }

    /**
     * Options for a JVM of its own that stops for ever before an operation, for its parent to kill it there.
     *
     * @param moment where: a kind and a part of a path, between them a colon
     * @param reached a file that appears then
     */
    public static List<String> hangAt(String moment, Path reached) {
        return List.of("-D" + HANG + "=" + moment, "-D" + REACHED + "=" + reached);
    }

    /**
     * Options for several JVMs, of which the first to come to an operation takes very long over it, once.
     *
     * @param marker a file that appears then
     */
    public static List<String> slowOnce(String moment, Path marker) {
        return List.of("-D" + SLOW + "=" + moment, "-D" + REACHED + "=" + marker);
    }

    private static Fault ofThisProcess() {
        String hang = System.getProperty(HANG);
        String slow = System.getProperty(SLOW);
        if (hang == null && slow == null) {
            return operation -> {};
        }
        String[] moment = (hang == null ? slow : hang).split(":", 2);
        return operation -> {
            if (!operation.is(moment[0], moment[1])) {
                return;
            }
            try {
                Files.createFile(Path.of(System.getProperty(REACHED)));
                do {
                    TimeUnit.MINUTES.sleep(2);
                } while (hang != null);
            } catch (FileAlreadyExistsException another) {
                // It has been slow already.
            } catch (InterruptedException e) {
                throw new InterruptedIOException("no longer wanted");
            }
        };
    }

    /** All operations since the last fault was set, but those on claims. */
    public static List<Operation> done() {
        synchronized (DONE) {
            return DONE.stream().filter(operation -> !operation.ofClaim()).toList();
        }
    }

    public static FileSystem open() throws IOException {
        FileSystem files = new FaultyFiles();
        files.initialize(URI.create("faulty:///"), new Configuration());
        return files;
    }

    public static org.apache.hadoop.fs.Path path(Path local) {
        return new org.apache.hadoop.fs.Path("faulty://" + local);
    }

    private static void before(String kind, org.apache.hadoop.fs.Path path) throws IOException {
        Operation operation = new Operation(kind, path);
        fault.before(operation);
        DONE.add(operation);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) throws IOException {
        before("open", path);
        return super.open(path, bufferSize);
    }

    @Override
    public FSDataOutputStream create(
            org.apache.hadoop.fs.Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        before("create", path);
        FSDataOutputStream out =
                super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
        return new FSDataOutputStream(growing ? new Growing(path, out) : new Watched(path, out), null);
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) throws IOException {
        before("rename", to);
        return super.rename(from, to);
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
        before("delete", path);
        return super.delete(path, recursive);
    }

    private static final class LocalFilesUnderFaulty extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("faulty:///");
        }

        @Override
        public void initialize(URI name, Configuration conf) throws IOException {
            super.initialize(getUri(), conf);
        }
    }

    private static class Watched extends OutputStream {
        private final org.apache.hadoop.fs.Path path;
        private final FSDataOutputStream out;

        Watched(org.apache.hadoop.fs.Path path, FSDataOutputStream out) {
            this.path = path;
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                before("write", path);
            } catch (IOException e) {
                out.write(bytes, from, length / 2);
                out.flush();
                throw e;
            }
            out.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class Growing extends Watched implements Syncable, StreamCapabilities {
        Growing(org.apache.hadoop.fs.Path path, FSDataOutputStream out) {
            super(path, out);
        }

        @Override
        public boolean hasCapability(String capability) {
            return super.out.hasCapability(capability);
        }

        @Override
        public void hflush() throws IOException {
            super.out.hflush();
        }

        @Override
        public void hsync() throws IOException {
            before("sync", super.path);
            super.out.hsync();
        }
    }
}
