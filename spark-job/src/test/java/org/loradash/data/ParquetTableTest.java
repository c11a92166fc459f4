package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Sha256;

class ParquetTableTest {
    private static final int ROWS = 5000;
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            """
            message records {
              required binary sentence (STRING);
              optional int64 label;
              required double score;
              required binary raw;
              repeated binary several (STRING);
              required int32 price (DECIMAL(5, 2));
            }
            """);

    @TempDir
    Path directory;

    private RecordFile file;

    /** Small row groups, so that there are several. */
    @BeforeEach
    void write() throws IOException {
        write(directory.resolve("a.parquet"), ROWS);
        file = RecordFile.of(new Configuration(), Fixtures.hadoop(directory.resolve("a.parquet")), "data.train");
    }

    static void write(Path path, int rows) throws IOException {
        try (ParquetWriter<org.apache.parquet.example.data.Group> writer = ExampleParquetWriter.builder(
                        Fixtures.hadoop(path))
                .withType(SCHEMA)
                .withRowGroupSize(20_000L)
                .withPageSize(2000)
                .build()) {
            for (int i = 0; i < rows; i++) {
                SimpleGroup row = new SimpleGroup(SCHEMA);
                row.add("sentence", "größe " + i);
                if (i % 10 != 9) {
                    row.add("label", (long) i % 2);
                }
                row.add("score", i / 4.0);
                row.add("raw", "x");
                row.add("price", 5);
                writer.write(row);
            }
        }
    }

    @Test
    void hasItsRowsInOrderWithTheColumnsAskedFor() throws IOException {
        List<String[]> rows = read(column("score", true), column("sentence", false), column("label", true));
        assertThat(rows).hasSize(ROWS);
        for (int i = 0; i < ROWS; i++) {
            assertThat(rows.get(i))
                    .containsExactly(String.valueOf(i / 4.0), "größe " + i, i % 10 == 9 ? null : String.valueOf(i % 2));
        }
    }

    @Test
    void isHashedAsAWhole() throws IOException {
        read(column("sentence", false));
        java.security.MessageDigest sha256 = Sha256.digest();
        sha256.update(Files.readAllBytes(directory.resolve("a.parquet")));
        assertThat(file.sha256()).isEqualTo(Sha256.hexadecimal(sha256));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    nothing | true  | data.columns.x: nothing \\(must be one column of .*a.parquet: sentence, label, score, raw, several, price\\)
                    label   | false | .*a.parquet: column label: optional int64 label \\(must be of texts\\)
                    raw     | true  | .*a.parquet: column raw: required binary raw \\(must be of texts or numbers\\)
                    several | true  | .*a.parquet: column several: repeated binary several \\(STRING\\) \\(must be of texts or numbers\\)
                    price   | true  | .*a.parquet: column price: required int32 price \\(DECIMAL\\(5,2\\)\\) \\(must be of texts or numbers\\)
                    """)
    void refusesColumnsThatAreNone(String name, boolean number, String message) {
        assertThatThrownBy(() -> read(column(name, number)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageMatching(message);
    }

    @Test
    void refusesAFileWithoutRows() throws IOException {
        Files.delete(directory.resolve("a.parquet"));
        write(directory.resolve("a.parquet"), 0);
        assertThatThrownBy(() -> read(column("sentence", false)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("a.parquet: no records (must have one a row)");
    }

    @Test
    void refusesAFileThatIsCut() throws IOException {
        Path path = directory.resolve("a.parquet");
        byte[] whole = Files.readAllBytes(path);
        Files.deleteIfExists(directory.resolve(".a.parquet.crc"));
        Files.write(path, Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> read(column("sentence", false)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("a.parquet: not a Parquet file: ");
    }

    private List<String[]> read(Column... columns) throws IOException {
        List<String[]> rows = new ArrayList<>();
        new ParquetTable().forEach(file, List.of(columns), (values, position) -> rows.add(values));
        return rows;
    }

    private static Column column(String name, boolean number) {
        return new Column("data.columns.x", name, number);
    }
}
