package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.loradash.tsd.InvalidInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One driver's claim on a run directory: a ticket below {@code claims/} that it writes again and again as a sign of life.
 *
 * <p>Each driver writes a ticket of its own and only then lists those of others. It has the directory once there are none:
 * of two drivers the one whose ticket came later sees the other's. So all that is asked of a file system is that a file
 * which has been written is in the next listing, which HDFS, local ones and today's object stores do; an exclusive create
 * or a replacing rename, which some lack, is not. A driver that meets one which gives signs of life is refused; one that
 * gives none for as long as its expiry is dead, and its ticket removed.
 *
 * <p>A driver that could not give a sign of life for so long asks before it writes anything more whether its ticket is
 * still there and alone, and stops if not.
 */
public final class Claim implements AutoCloseable {
    static final String PREFIX = "driver-";

    private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

    /** Signs of life within an expiry. */
    private static final int BEATS = 6;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** Before Hadoop closes its file systems (10), after Spark has stopped (40). */
    private static final int SHUTDOWN_PRIORITY = 20;

    private final String setting;
    private final FileSystem files;
    private final Path directory;
    private final Path file;
    private final Duration expiry;
    private final Rivals rivals;
    private final Runnable atShutdown = this::close;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(beat -> {
        Thread thread = new Thread(beat, "run-claim");
        thread.setDaemon(true);
        return thread;
    });

    private Ticket ticket;
    private long lastBeatNanos;
    private long lastBeatMillis;
    private Exception unrenewed;
    private String lost;
    private boolean closed;

    private Claim(String setting, FileSystem files, Path directory, Duration expiry) {
        this.setting = setting;
        this.files = files;
        this.directory = directory;
        this.expiry = expiry;
        this.ticket = Ticket.of(host(), expiry);
        // The earlier of two that wait for the same dead driver goes first.
        this.file =
                new Path(directory, "%s%013d-%s.json".formatted(PREFIX, System.currentTimeMillis(), UUID.randomUUID()));
        this.rivals = new Rivals(files, directory, file, expiry);
    }

    /** Takes the claim of a run's directory. */
    static Claim take(FileSystem files, Path directory, Duration expiry, Consumer<String> say) {
        return take("run.output", files, directory, expiry, say);
    }

    /**
     * Takes the claim, which may have to wait until that of a dead driver has expired.
     *
     * @param setting that gave the directory which is claimed, for messages
     * @param directory of claims
     * @param expiry of this driver's claim
     * @param say told when there is something to wait for, and how long
     * @throws InvalidInput where another driver has it and lives
     * @throws UncheckedIOException where the file system fails
     */
    public static Claim take(String setting, FileSystem files, Path directory, Duration expiry, Consumer<String> say) {
        Claim claim = new Claim(setting, files, directory, expiry);
        boolean taken = false;
        try {
            claim.begin();
            claim.await(say);
            ShutdownHookManager.get().addShutdownHook(claim.atShutdown, SHUTDOWN_PRIORITY);
            taken = true;
            return claim;
        } catch (IOException e) {
            throw new UncheckedIOException(claim.file.toString(), e);
        } finally {
            if (!taken) {
                claim.release();
            }
        }
    }

    /** How often a driver with that expiry gives a sign of life. */
    static Duration beat(Duration expiry) {
        return expiry.dividedBy(BEATS);
    }

    /** Says which Spark application the driver's is. */
    public synchronized void application(String identifier) {
        ticket = ticket.withApplication(identifier);
        renew();
    }

    /**
     * To be called before anything is written.
     *
     * @throws ClaimLost where the directory is another driver's now, or may be
     */
    public synchronized void check() {
        if (isLate()) {
            renew();
        }
        if (lost == null && isLate()) {
            lost = "could not be renewed for %d s (%s)".formatted(expiry.toSeconds(), unrenewed);
        }
        if (lost != null) {
            throw new ClaimLost("%s: this driver's claim %s; it writes nothing more".formatted(run(), lost));
        }
    }

    /** Gives the directory free. */
    @Override
    public void close() {
        release();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(atShutdown);
        }
    }

    private synchronized void begin() throws IOException {
        try {
            write();
        } catch (FileNotFoundException e) {
            // Another driver has just removed the empty directory.
            write();
        }
        long period = beat(expiry).toNanos();
        heart.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.NANOSECONDS);
    }

    private void await(Consumer<String> say) throws IOException {
        boolean told = false;
        while (true) {
            List<Rivals.Rival> others = rivals.look();
            if (others.isEmpty() && hold()) {
                return;
            }
            check();
            for (Rivals.Rival other : others) {
                boolean first = other.ticket().held() || other.file().getName().compareTo(file.getName()) < 0;
                if (other.isAlive() && first) {
                    throw InvalidInput.of(
                            setting,
                            run().toString(),
                            "is in use: %s; its claim expires %s unless it is renewed; must be free, or give another %s"
                                    .formatted(other.ticket().who(), other.expires(), setting));
                }
                if (other.isDead()) {
                    say.accept("claim      that of %s has expired and is taken over"
                            .formatted(other.ticket().who()));
                    files.delete(other.file(), false);
                } else if (!told) {
                    told = true;
                    say.accept("claim      %s is claimed by %s: waiting up to %s for a sign of life of it"
                            .formatted(run(), other.ticket().who(), Progress.text(other.patience())));
                }
            }
            pause();
        }
    }

    /** Whether the claim is this driver's now; not where others may have come since it last looked. */
    private synchronized boolean hold() throws IOException {
        if (lost != null || isLate()) {
            return false;
        }
        ticket = ticket.holding();
        write();
        return true;
    }

    private void pause() {
        Duration half = beat(expiry).dividedBy(2);
        try {
            TimeUnit.NANOSECONDS.sleep((half.compareTo(LONGEST_PAUSE) < 0 ? half : LONGEST_PAUSE).toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the claim on " + run(), e);
        }
    }

    /** A sign of life, unless the claim is lost or given back. */
    private synchronized void renew() {
        if (closed || lost != null) {
            return;
        }
        boolean late = isLate();
        try {
            if (!files.exists(file)) {
                lost = "was taken for expired and removed";
                return;
            }
            write();
            if (ticket.held()) {
                for (Rivals.Rival other : rivals.look()) {
                    // One that waits may have taken this driver, which is late, for dead; what cannot be read is being
                    // written.
                    if (late || other.ticket().held() && other.ticket().isReadable()) {
                        lost = "was taken over by " + other.ticket().who();
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            unrenewed = e;
            LOG.warn("{}: the claim could not be renewed: {}", run(), e.toString());
        }
    }

    /** Whether others may take this driver for dead; a clock that stands while the machine sleeps does not count alone. */
    synchronized boolean isLate() {
        return System.nanoTime() - lastBeatNanos >= expiry.toNanos()
                || System.currentTimeMillis() - lastBeatMillis >= expiry.toMillis();
    }

    private void write() throws IOException {
        long nanos = System.nanoTime();
        long millis = System.currentTimeMillis();
        ticket = ticket.next();
        try (OutputStream out = files.create(file, true)) {
            out.write(ticket.bytes());
        }
        lastBeatNanos = nanos;
        lastBeatMillis = millis;
    }

    private synchronized void release() {
        if (closed) {
            return;
        }
        closed = true;
        heart.shutdownNow();
        lost = lost != null ? lost : "was given back";
        try {
            files.delete(file, false);
            if (files.listStatus(directory).length == 0) {
                files.delete(directory, false);
            }
        } catch (IOException e) {
            LOG.warn("{}: the claim could not be given back, and will expire: {}", run(), e.toString());
        }
    }

    private Path run() {
        return directory.getParent();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return Ticket.UNKNOWN;
        }
    }
}
