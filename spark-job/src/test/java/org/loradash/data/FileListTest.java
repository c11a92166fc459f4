package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.InvalidInput;

class FileListTest {
    @TempDir
    private Path directory;

    @Test
    void hasTheFilesOfDirectoriesAndPatternsInTheOrderOfTheirNames() throws IOException {
        for (String name :
                List.of("b/2.json", "b/1.json", "b/_SUCCESS", "b/.1.json.crc", "a.json", "a[1].json", "c.csv")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "{}");
        }
        assertThat(names("")).containsExactly("a.json", "a[1].json", "1.json", "2.json", "c.csv");
        assertThat(names("b")).containsExactly("1.json", "2.json");
        assertThat(names("*.json")).containsExactly("a.json", "a[1].json");
        assertThat(names("{b/2.json,c.csv}")).containsExactly("2.json", "c.csv");
        assertThat(names("a[1].json")).as("a name goes before a pattern").containsExactly("a[1].json");
    }

    @Test
    void refusesWhatNamesNoFile() throws IOException {
        Files.createDirectory(directory.resolve("empty"));
        for (String given : List.of("none", "*.json", "empty")) {
            assertThatThrownBy(() -> names(given))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage("data.train: %s (must be a file; there is none)", directory.resolve(given));
        }
    }

    private List<String> names(String given) {
        String path = given.isEmpty() ? directory.toString() : directory + "/" + given;
        return FileList.of(new Configuration(), "data.train", path).stream()
                .map(file -> file.getPath().getName())
                .toList();
    }
}
