package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

class ModelPathTest {
    private static final String FIRST = "0123456789abcdef0123456789abcdef01234567";
    private static final String SECOND = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir
    Path cache;

    private Path folder;

    @BeforeEach
    void cached() throws IOException {
        folder = cache.resolve("models--org--name");
        Files.createDirectories(folder.resolve("snapshots").resolve(FIRST));
        Files.createDirectories(folder.resolve("blobs"));
        Files.writeString(folder.resolve("blobs/aa"), "{}");
        Files.createSymbolicLink(
                folder.resolve("snapshots").resolve(FIRST).resolve("config.json"), Path.of("../../blobs/aa"));
    }

    @Test
    void aFolderOfTheCacheMeansItsOnlySnapshot() {
        assertThat(of(folder)).isEqualTo(snapshot(FIRST));
    }

    @Test
    void aFolderOfTheCacheMeansTheSnapshotOfMain() throws IOException {
        Files.createDirectories(folder.resolve("snapshots").resolve(SECOND));
        main(SECOND + "\n");
        assertThat(of(folder)).isEqualTo(snapshot(SECOND));
    }

    @Test
    void anyOtherDirectoryMeansItself() {
        Path one = folder.resolve("snapshots").resolve(FIRST);
        assertThat(of(one)).isEqualTo(new org.apache.hadoop.fs.Path(one.toString()));
        assertThat(of(cache)).isEqualTo(new org.apache.hadoop.fs.Path(cache.toString()));
        assertThat(of(cache.resolve("models--none")))
                .isEqualTo(new org.apache.hadoop.fs.Path(
                        cache.resolve("models--none").toString()));
    }

    @Test
    void aPipelineMeansItsUnet() throws IOException {
        Path pipeline = Files.createDirectories(cache.resolve("pipeline"));
        Files.writeString(pipeline.resolve("model_index.json"), "{}");
        assertThat(of(pipeline))
                .isEqualTo(
                        new org.apache.hadoop.fs.Path(pipeline.resolve("unet").toString()));
        assertThat(ModelPath.whole("model.path", pipeline.toString(), new Configuration()))
                .isEqualTo(new org.apache.hadoop.fs.Path(pipeline.toString()));
    }

    @Test
    void oneOfSeveralSnapshotsMustBeNamed() throws IOException {
        Files.createDirectories(folder.resolve("snapshots").resolve(SECOND));
        refused("there is no refs/main, and there are 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../../..", SECOND, "\u0000"})
    void aNoteOfMainLeadsToASnapshotAlone(String note) throws IOException {
        main(note);
        refused("refs/main names none that is there, and there are 1");
    }

    private void refused(String why) {
        assertThatThrownBy(() -> of(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("model.path: " + folder + " (must be a directory of snapshots in it: " + why + ")");
    }

    private void main(String note) throws IOException {
        Files.createDirectories(folder.resolve("refs"));
        Files.writeString(folder.resolve("refs/main"), note);
    }

    private org.apache.hadoop.fs.Path snapshot(String revision) {
        return new org.apache.hadoop.fs.Path(folder.toString(), "snapshots/" + revision);
    }

    private static org.apache.hadoop.fs.Path of(Path given) {
        return ModelPath.of("model.path", given.toString(), new Configuration());
    }
}
