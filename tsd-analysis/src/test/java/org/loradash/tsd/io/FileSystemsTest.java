package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemsTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "train_16:00.jsonl, train_16:00.jsonl",
        "train:a.jsonl, train:a.jsonl",
        "16:00/train.jsonl, 16:00",
        "runs/16:00, runs/16:00"
    })
    void aColonInANameIsPartOfIt(String given, String made) throws IOException {
        org.apache.hadoop.fs.Path path = FileSystems.path(given);
        assertThat(path.toUri().getScheme()).isNull();
        assertThat(path.isAbsolute()).isFalse();
        org.apache.hadoop.fs.Path whole = new org.apache.hadoop.fs.Path(directory.toString(), path);
        FileSystem files = FileSystems.of("data.train", whole, HADOOP);
        WholeFile.write(files, whole, "content");
        assertThat(directory.resolve(made)).exists();
        assertThat(FileSystems.path(whole.toString())).isEqualTo(whole);
        try (InputStream in = FileSystems.of("data.train", whole, HADOOP).open(whole)) {
            assertThat(in).hasContent("content");
        }
        assertThat(files.listStatus(whole.getParent()))
                .extracting(status -> status.getPath().getName())
                .contains(whole.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hdfs://host:8020/data", "file:/data", "file:///data/a", "s3a://bucket/16:00/a", "/data", "a/b"})
    void whatHasASchemeOrNoColonIsAsHadoopReadsIt(String given) {
        assertThat(FileSystems.path(given)).isEqualTo(new org.apache.hadoop.fs.Path(given));
    }

    @Test
    void aChecksumFileIsHeldAgainstItsFile() throws IOException {
        Path file = Files.writeString(directory.resolve("a.json"), "{}");
        Files.write(directory.resolve(".a.json.crc"), new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 2, 3, 4});
        org.apache.hadoop.fs.Path path = FileSystems.path(file.toString());
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Sha256.of(FileSystems.of("data.train", path, HADOOP), path))
                .hasMessage(path + ": damaged (its bytes must agree with its checksum file)");
    }
}
