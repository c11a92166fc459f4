package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    private static final List<Sequence> FIRST = List.of(
            new Sequence(new int[] {1, 2, 3}, new int[] {-100, 2, 3}),
            new Sequence(new int[] {4, 5}, new int[] {4, -100}),
            new Sequence(new int[] {6, 7, 8, 9}, new int[] {6, 7, 8, 9}));
    private static final List<Sequence> SECOND = List.of(new Sequence(new int[] {10, 11}, new int[] {10, 11}));
    private static final int FOOTER = 56;

    @TempDir
    Path directory;

    /** Without the checksum files that Hadoop keeps on a local disk: others' file systems have none. */
    private FileSystem files;

    @BeforeEach
    void openFileSystem() throws IOException {
        files = ((LocalFileSystem) FileSystem.getLocal(new Configuration())).getRawFileSystem();
    }

    @Test
    void readsTheRecordsOfAllShardsInOrder() throws IOException {
        write(0, FIRST);
        write(1, List.of());
        write(2, List.of());
        write(3, SECOND);
        try (RecordStore<Sequence> store = open()) {
            assertThat(all(store)).containsExactly(FIRST.get(0), FIRST.get(1), FIRST.get(2), SECOND.get(0));
            assertThat(store.records()).isEqualTo(4);
            assertThatThrownBy(() -> store.read(4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> store.read(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void sumsUpWhatItWrites() throws IOException {
        try (RecordShardWriter<Sequence> writer = RecordShardWriter.create(files, shard(0), Sequence.CODEC)) {
            for (Sequence sequence : FIRST) {
                writer.write(sequence);
            }
            long size = FIRST.stream().mapToLong(Sequence::length).sum();
            long weight = FIRST.stream().mapToLong(Sequence::labelledTokens).sum();
            assertThat(writer.summary("ab", Dropped.NOTHING))
                    .isEqualTo(new ShardSummary.Written(FIRST.size(), size, weight, 4, "ab", Dropped.NOTHING));
        }
    }

    @Test
    void readsAnyRecordOfManyBlocksOfTheIndex() throws IOException {
        Random random = new Random(1);
        List<Sequence> sequences = IntStream.range(0, 10_000)
                .mapToObj(i -> random.ints(random.nextInt(5), 0, 1000).toArray())
                .map(tokens -> new Sequence(tokens, tokens))
                .toList();
        write(0, sequences);
        try (RecordStore<Sequence> store = open()) {
            for (int record : new int[] {9999, 0, 4095, 4096, 8191, 8192, 5000}) {
                assertThat(store.read(record)).isEqualTo(sequences.get(record));
            }
            assertThat(IntStream.range(0, 10_000).parallel().allMatch(i -> read(store, i)
                            .equals(sequences.get(i))))
                    .isTrue();
        }
    }

    @Test
    void aShardAppearsWholeOrNotAtAll() throws IOException {
        try (RecordShardWriter<Sequence> writer = RecordShardWriter.create(files, shard(0), Sequence.CODEC)) {
            writer.write(FIRST.get(0));
            assertThat(directory.resolve("shard-000000.tokens")).doesNotExist();
        }
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageEndingWith(": no shards of records");
    }

    @Test
    void attemptsAtTheSameShardDoNotDisturbOneAnother() throws IOException {
        try (RecordShardWriter<Sequence> slow = RecordShardWriter.create(files, shard(0), Sequence.CODEC);
                RecordShardWriter<Sequence> fast = RecordShardWriter.create(files, shard(0), Sequence.CODEC)) {
            slow.write(FIRST.get(0));
            fast.write(FIRST.get(0));
            fast.commit();
            slow.commit();
        }
        try (RecordStore<Sequence> store = open()) {
            assertThat(all(store)).containsExactly(FIRST.get(0));
        }
        assertThat(directory).isDirectoryContaining("glob:**/shard-000000.tokens");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void theSameRecordsAreTheSameBytes() throws IOException {
        write(0, FIRST);
        write(1, FIRST);
        assertThat(bytes(1)).isEqualTo(bytes(0));
    }

    @Test
    void missesAShardBetweenOthers() throws IOException {
        write(0, FIRST);
        write(2, SECOND);
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessage(shard(1) + ": missing, though there are 2 shards");
    }

    @Test
    void refusesAFileOfAnotherKind() throws IOException {
        overwrite(0, "{\"input_ids\": [1, 2, 3]}".repeat(10).getBytes());
        assertOpeningFails("not a shard of records, or cut off (its last 8 bytes must be LDTOKENS)");
        overwrite(0, new byte[0]);
        assertOpeningFails("0 bytes (a shard has at least 56)");
    }

    @Test
    void refusesACutShardWhereverItIsCut() throws IOException {
        write(0, FIRST);
        byte[] whole = bytes(0);
        for (int length = 0; length < whole.length; length++) {
            overwrite(0, Arrays.copyOf(whole, length));
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageStartingWith(shard(0) + ": ");
            overwrite(0, Arrays.copyOfRange(whole, whole.length - length, whole.length));
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageStartingWith(shard(0) + ": ");
        }
    }

    @Test
    void noticesAnyByteThatChanged() throws IOException {
        write(0, FIRST);
        byte[] whole = bytes(0);
        for (int i = 0; i < whole.length; i++) {
            for (int bit : new int[] {0x01, 0x80}) {
                byte[] flipped = whole.clone();
                flipped[i] ^= (byte) bit;
                overwrite(0, flipped);
                assertThatThrownBy(() -> {
                            try (RecordStore<Sequence> store = open()) {
                                all(store);
                            }
                        })
                        .as("byte %d", i)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(shard(0) + ": ");
            }
        }
    }

    @Test
    void saysWhichRecordIsDamaged() throws IOException {
        write(0, FIRST);
        byte[] whole = bytes(0);
        int index = (int) ByteBuffer.wrap(whole).getLong(whole.length - FOOTER);
        // Record 1 begins after record 0: two ints, and two for each of three tokens.
        assertDamaged(ByteBuffer.wrap(whole.clone()).putInt(32, 3), "its length");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putInt(32, Integer.MAX_VALUE), "its length");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putInt(32, -1), "its length");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putInt(36, 0), "its checksum");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putInt(40, 0), "its checksum");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putLong(index + 8, Long.MIN_VALUE), "its place in the index");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putLong(index + 8, index), "its place in the index");
        assertDamaged(ByteBuffer.wrap(whole.clone()).putLong(index + 8, Long.MAX_VALUE), "its place in the index");
    }

    @Test
    void aRecordInAnothersPlaceIsDamaged() throws IOException {
        Sequence other = new Sequence(new int[] {7, 7, 7}, new int[] {7, 7, 7});
        write(0, List.of(FIRST.get(0), other, other));
        byte[] whole = bytes(0);
        byte[] swapped = whole.clone();
        System.arraycopy(whole, 0, swapped, 32, 32);
        assertDamaged(ByteBuffer.wrap(swapped), "its checksum");
    }

    @Test
    void refusesAnotherVersion() throws IOException {
        write(0, FIRST);
        ByteBuffer bytes = ByteBuffer.wrap(bytes(0));
        int footer = bytes.capacity() - FOOTER;
        bytes.putInt(footer + 40, 3);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), footer, 44);
        bytes.putInt(footer + 44, (int) crc.getValue());
        overwrite(0, bytes.array());
        assertOpeningFails("version 3 (must be 2)");
    }

    private void assertDamaged(ByteBuffer bytes, String what) throws IOException {
        overwrite(0, bytes.array());
        try (RecordStore<Sequence> store = open()) {
            assertThat(store.read(2).length()).isPositive();
            assertThatThrownBy(() -> store.read(1))
                    .isInstanceOf(IOException.class)
                    .hasMessage(shard(0) + ": record 1 is damaged (" + what + " is wrong)");
        }
    }

    private void assertOpeningFails(String message) {
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessage(shard(0) + ": " + message);
    }

    private RecordStore<Sequence> open() throws IOException {
        return RecordStore.open(files, Fixtures.hadoop(directory), Sequence.CODEC);
    }

    private org.apache.hadoop.fs.Path shard(int number) {
        return RecordStore.shard(Fixtures.hadoop(directory), number);
    }

    private void write(int number, List<Sequence> sequences) throws IOException {
        try (RecordShardWriter<Sequence> writer = RecordShardWriter.create(files, shard(number), Sequence.CODEC)) {
            for (Sequence sequence : sequences) {
                writer.write(sequence);
            }
            writer.commit();
        }
    }

    private byte[] bytes(int number) throws IOException {
        return Files.readAllBytes(directory.resolve(shard(number).getName()));
    }

    private void overwrite(int number, byte[] bytes) throws IOException {
        Files.write(directory.resolve(shard(number).getName()), bytes);
    }

    private static List<Sequence> all(RecordStore<Sequence> store) throws IOException {
        List<Sequence> sequences = new ArrayList<>();
        for (long record = 0; record < store.records(); record++) {
            sequences.add(store.read(record));
        }
        return sequences;
    }

    private static Sequence read(RecordStore<Sequence> store, long record) {
        try {
            return store.read(record);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
