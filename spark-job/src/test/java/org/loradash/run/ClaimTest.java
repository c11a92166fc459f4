package org.loradash.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.FaultyFiles;
import org.loradash.Fixtures;
import org.loradash.tsd.InvalidInput;

/** One driver at a time has a run directory, and a dead one does not have it for ever. */
class ClaimTest {
    /** Long enough that a live driver on a busy machine is never taken for dead. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path run;

    private Path claims;
    private FileSystem files;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void open() {
        claims = run.resolve("claims");
        files = Fixtures.localFiles();
    }

    @AfterEach
    void heal() {
        FaultyFiles.heal();
    }

    @Test
    void refusesASecondDriverAndSaysWhoHasTheDirectory() throws IOException {
        try (Claim claim = take(files, Duration.ofSeconds(6))) {
            claim.application("local-17");
            assertThatThrownBy(() -> take(files, LONG))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageMatching("run\\.output: .*" + run.getFileName()
                            + " \\(is in use: host \\S+, application local-17, since \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z; its claim"
                            + " expires \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z unless it is renewed; must be free, or give another"
                            + " run\\.output\\)");
            assertThat(tickets()).as("the refused one's is gone").hasSize(1);
            assertThat(said).hasSize(1);
            assertThat(said.get(0)).contains(": waiting up to ").contains(" for a sign of life of it");
            assertThatCode(claim::check).doesNotThrowAnyException();
        }
    }

    @Test
    void isFreeOnceItIsGivenBack() {
        take(files, LONG).close();
        assertThat(claims).doesNotExist();
        take(files, LONG).close();
        assertThat(said).isEmpty();
    }

    @Test
    void isTakenOverAfterADriverThatWasKilled() throws IOException {
        killed(SHORT, Instant.now());
        try (Claim claim = take(files, LONG)) {
            claim.check();
            assertThat(said).hasSize(2);
            assertThat(said.get(0)).contains("host dead, application local-1, since 2026-01-01T00:00:00Z");
            assertThat(said.get(1))
                    .isEqualTo("claim      that of host dead, application local-1, since 2026-01-01T00:00:00Z has"
                            + " expired and is taken over");
            assertThat(tickets()).hasSize(1);
        }
    }

    @Test
    void waitsForTwoSignsOfLifeAloneWhereTheTicketIsOldByTheFileSystemsClock() throws IOException {
        killed(Duration.ofSeconds(6), Instant.now().minus(Duration.ofDays(1)));
        take(files, LONG).close();
        assertThat(said.get(0)).contains("waiting up to 2 s");
    }

    @Test
    void doesNotTrustATicketFromTheFuture() throws IOException {
        killed(SHORT, Instant.now().plus(Duration.ofDays(1)));
        take(files, LONG).close();
        assertThat(said.get(0)).contains("waiting up to 1 s");
        assertThat(said.get(1)).contains("has expired");
    }

    @Test
    void countsATicketThatIsCutForItsOwnExpiry() throws IOException {
        Files.createDirectories(claims);
        Files.write(claims.resolve("driver-0000000000001-x.json"), new byte[0]);
        take(files, SHORT).close();
        assertThat(said.get(0)).contains("host unknown, application unknown");
        assertThat(said.get(1)).contains("has expired");
    }

    /** As a second driver's is for a moment, before it has said that it only waits. */
    @Test
    void isNotLostToATicketThatIsBeingWritten() throws IOException {
        try (Claim claim = take(files, LONG)) {
            Files.write(claims.resolve("driver-9999999999999-x.json"), new byte[0]);
            claim.application("local-1");
            assertThatCode(claim::check).doesNotThrowAnyException();
        }
    }

    @Test
    void doesNotTakeAForeignFileForADriver() throws IOException {
        Files.createDirectories(claims);
        Files.writeString(claims.resolve("notes.txt"), "mine");
        take(files, LONG).close();
        assertThat(said).isEmpty();
        assertThat(claims.resolve("notes.txt")).exists();
    }

    @Test
    void isLostWithItsTicket() throws IOException {
        try (Claim claim = take(files, SHORT)) {
            Files.delete(tickets().get(0));
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThatThrownBy(claim::check)
                    .isInstanceOf(ClaimLost.class)
                    .hasMessageEndingWith(run.getFileName()
                            + ": this driver's claim was taken for expired and removed; it writes nothing more"));
            assertThat(claims).isEmptyDirectory();
        }
    }

    /** As when its machine had been asleep, or cut off. */
    @Test
    void isLostToTheOneThatTookItOverMeanwhile() throws IOException {
        FileSystem faulty = FaultyFiles.open();
        try (Claim sleeper = take(faulty, SHORT)) {
            FaultyFiles.fail(operation -> {
                if (operation.ofClaim()) {
                    throw new IOException("cut off");
                }
            });
            try (Claim other = take(files, LONG)) {
                assertThat(said.get(1)).contains("has expired and is taken over");
                await().atMost(Duration.ofMinutes(2))
                        .untilAsserted(() -> assertThatThrownBy(sleeper::check).isInstanceOf(ClaimLost.class));
                FaultyFiles.heal();
                assertThatThrownBy(sleeper::check)
                        .isInstanceOf(ClaimLost.class)
                        .hasMessageContaining("it writes nothing more");
                assertThatCode(other::check).doesNotThrowAnyException();
                assertThat(tickets()).hasSize(1);
            }
        }
    }

    @Test
    void cannotBeTrustedWhileItCannotBeRenewed() throws IOException {
        FileSystem faulty = FaultyFiles.open();
        try (Claim late = take(faulty, SHORT)) {
            FaultyFiles.fail(operation -> {
                throw new IOException("cut off");
            });
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(late.isLate()).isTrue());
            assertThatThrownBy(late::check)
                    .isInstanceOf(ClaimLost.class)
                    .hasMessageContaining("could not be renewed for 1 s (java.io.IOException: cut off)");
            FaultyFiles.heal();
        }
    }

    @Test
    void isStillHeldByALateDriverThatNobodyHasReplaced() throws IOException {
        FileSystem faulty = FaultyFiles.open();
        try (Claim late = take(faulty, SHORT)) {
            FaultyFiles.fail(operation -> {
                throw new IOException("cut off");
            });
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(late.isLate()).isTrue());
            FaultyFiles.heal();
            assertThatCode(late::check).doesNotThrowAnyException();
        }
    }

    /** A driver's ticket that came while it could give no sign of life may have seen it as dead. */
    @Test
    void isLostByALateDriverThatIsNotAlone() throws IOException {
        FileSystem faulty = FaultyFiles.open();
        try (Claim late = take(faulty, SHORT)) {
            FaultyFiles.fail(operation -> {
                throw new IOException("cut off");
            });
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(late.isLate()).isTrue());
            killed(LONG, Instant.now());
            FaultyFiles.heal();
            assertThatThrownBy(late::check)
                    .isInstanceOf(ClaimLost.class)
                    .hasMessageContaining("was taken over by host dead, application local-1");
        }
    }

    @RepeatedTest(3)
    void isOneDriversOfManyThatComeAtOnce() throws Exception {
        killed(SHORT, Instant.now());
        int drivers = 6;
        AtomicReference<Claim> holder = new AtomicReference<>();
        List<Callable<Boolean>> comers = Collections.nCopies(drivers, () -> {
            try {
                Claim claim = take(files, Duration.ofSeconds(6));
                assertThat(holder.compareAndSet(null, claim))
                        .as("only one holds it")
                        .isTrue();
                return true;
            } catch (InvalidInput refused) {
                assertThat(refused).hasMessageContaining("is in use: host ");
                return false;
            }
        });
        ExecutorService threads = Executors.newFixedThreadPool(drivers);
        try {
            int held = 0;
            for (Future<Boolean> comer : threads.invokeAll(comers)) {
                held += comer.get() ? 1 : 0;
            }
            assertThat(held).isEqualTo(1);
            holder.get().check();
        } finally {
            threads.shutdownNow();
            if (holder.get() != null) {
                holder.get().close();
            }
        }
    }

    private Claim take(FileSystem from, Duration expiry) {
        org.apache.hadoop.fs.Path directory = from instanceof FaultyFiles
                ? FaultyFiles.path(claims)
                : new org.apache.hadoop.fs.Path(claims.toString());
        return Claim.take(from, directory, expiry, said::add);
    }

    /** The ticket of a driver that gives no sign of life any more. */
    private void killed(Duration expiry, Instant lastSign) throws IOException {
        Files.createDirectories(claims);
        Path ticket = claims.resolve("driver-0000000000001-x.json");
        Files.write(
                ticket,
                new Ticket("dead", "local-1", "2026-01-01T00:00:00Z", expiry.toMillis() / 1e3, true, 9).bytes());
        Files.setLastModifiedTime(ticket, FileTime.from(lastSign));
    }

    private List<Path> tickets() throws IOException {
        try (Stream<Path> all = Files.list(claims)) {
            return all.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
