package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;

/** Ranges of a file's bytes, end to end, have every line once and whole. */
class LineRangeTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"a\nbc\n\ndéf\n", "a\nbc", "\n\n\n", "no line ends here", "ü\r\nv\r\n"})
    void haveEveryLineOnce(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("lines"), text);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        for (int size = 1; size <= bytes + 1; size++) {
            StringBuilder all = new StringBuilder();
            for (int from = 0; from < bytes; from += size) {
                String part = read(file, from, from + size);
                assertThat(part.isEmpty() || part.endsWith("\n") || from + size >= bytes || text.endsWith(part))
                        .as("whole lines in '%s'", part)
                        .isTrue();
                all.append(part);
            }
            assertThat(all).as("ranges of %d bytes", size).hasToString(text);
        }
    }

    private static String read(Path file, long from, long to) throws IOException {
        try (LineRange range =
                new LineRange(Fixtures.localFiles().open(new org.apache.hadoop.fs.Path(file.toUri())), from, to)) {
            return new String(range.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
