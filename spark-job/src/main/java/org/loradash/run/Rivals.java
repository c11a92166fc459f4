package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The other drivers with a ticket in a directory of claims, watched for signs of life. No two machines' clocks are
 * compared: that one is dead follows from how long its ticket has not changed under this driver's eyes, and from how much
 * older it is than this driver's own by the file system's clock, which wrote both times.
 */
final class Rivals {
    private static final int LARGEST_TICKET = 1 << 14;

    private final FileSystem files;
    private final Path directory;
    private final Path own;
    private final Duration expiry;
    private final Map<String, Rival> seen = new HashMap<>();

    /**
     * @param own this driver's ticket
     * @param expiry of a ticket that does not say its own
     */
    Rivals(FileSystem files, Path directory, Path own, Duration expiry) {
        this.files = files;
        this.directory = directory;
        this.own = own;
        this.expiry = expiry;
    }

    /** Another driver's ticket as it was when first seen, and as it is. */
    static final class Rival {
        private final Path file;
        private final long firstModified;
        private final byte[] first;
        private final long firstSeen = System.nanoTime();
        private final Duration ageThen;
        private Ticket ticket;
        private long modified;
        private boolean moved;

        private Rival(FileStatus status, byte[] content, Ticket ticket, Duration ageThen) {
            this.file = status.getPath();
            this.firstModified = status.getModificationTime();
            this.modified = firstModified;
            this.first = content;
            this.ticket = ticket;
            this.ageThen = ageThen;
        }

        private void look(FileStatus status, byte[] content) {
            modified = status.getModificationTime();
            moved |= modified != firstModified || !Arrays.equals(content, first);
            Ticket.read(content).ifPresent(now -> ticket = now);
        }

        Path file() {
            return file;
        }

        Ticket ticket() {
            return ticket;
        }

        /** Whether it has given a sign of life since it was first seen. */
        boolean isAlive() {
            return moved;
        }

        /** How long it must be watched without a sign of life before it counts as dead: two of its beats at least. */
        Duration patience() {
            Duration twoBeats = Claim.beat(ticket.expiry()).multipliedBy(2);
            Duration rest = ticket.expiry().minus(ageThen);
            return rest.compareTo(twoBeats) > 0 ? rest : twoBeats;
        }

        boolean isDead() {
            return !moved && System.nanoTime() - firstSeen >= patience().toNanos();
        }

        /** For example {@code 2026-01-01T00:01:00Z}, by the file system's clock. */
        String expires() {
            return Instant.ofEpochMilli(modified)
                    .plus(ticket.expiry())
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
        }
    }

    /** All others whose tickets are there now. */
    List<Rival> look() throws IOException {
        List<Rival> there = new ArrayList<>();
        for (FileStatus status : files.listStatus(directory)) {
            String name = status.getPath().getName();
            if (name.equals(own.getName()) || !name.startsWith(Claim.PREFIX)) {
                continue;
            }
            Optional<byte[]> content = content(status.getPath());
            if (content.isEmpty()) {
                continue;
            }
            Rival rival = seen.get(name);
            if (rival == null) {
                rival = new Rival(
                        status,
                        content.get(),
                        Ticket.read(content.get()).orElseGet(() -> Ticket.unreadable(expiry)),
                        olderThanOwn(status));
                seen.put(name, rival);
            } else {
                rival.look(status, content.get());
            }
            there.add(rival);
        }
        return there;
    }

    /** By the file system's clock; zero where it has none. */
    private Duration olderThanOwn(FileStatus other) throws IOException {
        long age = files.getFileStatus(own).getModificationTime() - other.getModificationTime();
        return Duration.ofMillis(Math.max(0, age));
    }

    /** Nothing where the ticket has just gone; no bytes where a driver died, or is, in the middle of writing it. */
    private Optional<byte[]> content(Path ticket) throws IOException {
        try (InputStream in = files.open(ticket)) {
            return Optional.of(in.readNBytes(LARGEST_TICKET));
        } catch (FileNotFoundException gone) {
            return Optional.empty();
        } catch (IOException unfinished) {
            return Optional.of(new byte[0]);
        }
    }
}
