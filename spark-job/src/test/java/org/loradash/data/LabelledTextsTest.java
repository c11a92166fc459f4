package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.DataSettings;
import org.loradash.config.GivenSettings;
import org.loradash.config.Labels;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.data.tokenizer.TextTokenizer.Tokens;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Sha256;

/** From tables of texts to labelled tokens. */
class LabelledTextsTest {
    private static final Labels ANSWERS = new Labels(2, List.of("no", "yes"));
    private static final TextRecords.Limits LIMITS = new TextRecords.Limits(400, 2, 64);
    private static final org.apache.hadoop.fs.Path MODEL =
            Fixtures.hadoop(org.loradash.Fixtures.path("tokenizers/bert"));

    @TempDir
    Path directory;

    /** Of each row the class, text and pair. */
    private record Row(float label, String text, String pair) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a.json  | [{"text": "a \\"b\\"", "id": 7, "label": "yes"}, {"label": 0, "text": "c, d", "x": {"y": []}}]
                    a.jsonl | {"text": "a \\"b\\"", "label": 1}~{"label": "no", "text": "c, d"}
                    a.csv   | text,label~"a ""b\""",yes~"c, d",no
                    a.csv   | \ufeffid,label,text~~1,1,"a ""b\"""~~2,0,"c, d"~
                    a.tsv   | text\tlabel~a "b"\tyes~c, d\tno
                    a.TSV   | label\ttext\tmore~1\ta "b"~0\tc, d\tand\tmore
                    """)
    void areReadFromFilesOfEveryKind(String name, String content) throws IOException {
        for (String end : List.of("\n", "\r\n")) {
            write(name, content.replace("~", end));
            assertThat(read("", name, ANSWERS)).containsExactly(single(1, "a \"b\""), single(0, "c, d"));
        }
    }

    @Test
    void areReadFromPackedFiles() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("text,label\na b,yes\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(directory.resolve("a.csv.gz"), packed.toByteArray());
        assertThat(read("", "a.csv.gz", ANSWERS)).containsExactly(single(1, "a b"));
    }

    @Test
    void mayHoldEndsOfLinesInQuotes() throws IOException {
        write("a.csv", "label,text\nyes,\"a\r\nb, \"\"c\"\"\n\"\nno,d\n");
        assertThat(read("", "a.csv", ANSWERS)).containsExactly(single(1, "a\r\nb, \"c\"\n"), single(0, "d"));
    }

    @Test
    void keepEveryCharacterBetweenTabs() throws IOException {
        write("a.tsv", "label\ttext\n1\t \"It 's \\n , \u2028' \u00a0\n0\t\n");
        assertThat(read("", "a.tsv", ANSWERS))
                .containsExactly(single(1, " \"It 's \\n , \u2028' \u00a0"), single(0, ""));
    }

    @Test
    void haveNumbersForColumnsWithoutHeaderAsInCola() throws IOException {
        write("dev.tsv", "gj04\t1\t\tThe sailors rode the breeze.\ngj04\t0\t*\tThe car honked down the road.\n");
        assertThat(read("header = false, columns { text = 3, label = 1 }", "dev.tsv", Labels.of(2)))
                .containsExactly(single(1, "The sailors rode the breeze."), single(0, "The car honked down the road."));
    }

    @Test
    void areReadAsMrpcLies() throws IOException {
        write(
                "msr_paraphrase_train.txt",
                "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\t\"He said, \"no\"\tHe \"said no.\r\n");
        assertThat(read(
                        "source = tsv, columns { text = \"#1 String\", pair = \"#2 String\", label = Quality }",
                        "msr_paraphrase_train.txt",
                        Labels.of(2)))
                .containsExactly(new Row(1, "\"He said, \"no\"", "He \"said no."));
    }

    @Test
    void passOverShortLinesWhenToldAsQqpNeeds() throws IOException {
        String settings = "columns { text = question1, pair = question2, label = is_duplicate }";
        write("a.tsv", "id\tquestion1\tquestion2\tis_duplicate\n1\ta\tb\t1\n2\tcut\n3\tc\td\t0\n");
        assertThat(read(settings + ", skip-short-rows = true", "a.tsv", Labels.of(2)))
                .containsExactly(new Row(1, "a", "b"), new Row(0, "c", "d"));
        refused(
                settings,
                "a.tsv",
                Optional.of(Labels.of(2)),
                file("a.tsv")
                        + " line 3: 2 columns (must have at least 4; data.skip-short-rows = true passes over such lines)");
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "-2.50, -2.5", "1e-3, 0.001", "0, 0"})
    void haveNumbersToBeLearnt(String written, float label) throws IOException {
        write("a.tsv", "text\tlabel\na\t" + written + "\n");
        assertThat(read("", "a.tsv", null)).containsExactly(single(label, "a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    maybe | no,yes  | label maybe (must be no or yes, or a number from 0 to 1)
                    2     | no,yes  | label 2 (must be no or yes, or a number from 0 to 1)
                    1.0   | no,yes  | label 1.0 (must be no or yes, or a number from 0 to 1)
                    ''    | no,yes  | an empty label (must be no or yes, or a number from 0 to 1)
                    1     | 0,2     | label 1 (must be 0 or 2)
                    NaN   | -       | label NaN (must be a finite number)
                    1e99  | -       | label 1e99 (must be a finite number)
                    0x10  | -       | label 0x10 (must be a finite number)
                    two   | -       | label two (must be a finite number)
                    """)
    void refuseALabelThatIsNone(String written, String names, String message) throws IOException {
        write("a.tsv", "text\tlabel\na\t" + written + "\n");
        Optional<Labels> labels = Optional.ofNullable(names).map(all -> new Labels(2, List.of(all.split(","))));
        refused("", "a.tsv", labels, file("a.tsv") + " line 2: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a.jsonl | {"label": 1}                       | FILE line 1: no text (a record must have what data.columns.text names)
                    a.jsonl | {"text": null, "label": 1}         | FILE line 1: no text (a record must have what data.columns.text names)
                    a.jsonl | {"text": 5, "label": 1}            | FILE line 1: text is a number (must be a text)
                    a.jsonl | {"text": "a", "label": true}       | FILE line 1: label is true or false (must be a text or a number)
                    a.jsonl | {"text": "\\ud800", "label": 1}    | FILE line 1: text has half a surrogate pair at character 0 (must be a valid Unicode text)
                    a.csv   | x,label~a,1                        | data.columns.text: text (must be one column of FILE: x, label)
                    a.csv   | text,text,label~a,b,1              | data.columns.text: text (must be one column of FILE: text, text, label)
                    a.csv   | text,label                         | FILE: no records (must have one a line after its header)
                    a.csv   | ~~                                 | FILE: no line (must have a header with the names of its columns)
                    a.csv   | text,label~a                       | FILE line 2: 1 column (must have at least 2; data.skip-short-rows = true passes over such lines)
                    a.csv   | text,label~a, but long,1           | FILE line 2: 3 columns (must have 2, as the header; a text with a comma needs quotes)
                    a.csv   | text;label~a;1                     | data.columns.text: text (must be one column of FILE: text;label; the separator must be a comma)
                    a.tsv   | text,label~a,1                     | data.columns.text: text (must be one column of FILE: text,label; the separator must be a tab)
                    a.csv   | text,label~a "b",1                 | FILE line 2: a quote within a value (a value with quotes must stand in quotes, with each doubled)
                    a.csv   | text,label~"a"b,1                  | FILE line 2: something behind a closing quote (must be a delimiter or the line's end; quotes within are doubled)
                    a.csv   | text,label~"a,1~b,1                | FILE line 2: a quote that is not closed (must be closed by another)
                    a.txt   | text,label~a,1                     | data.train: FILE (its name must end in .json, .jsonl, .csv, .tsv, .parquet, .orc or .avro, or data.source must say what it is)
                    a.csv.gz | text,label~a,1                    | FILE: not what gzip makes (must be, as its name ends)
                    a.parquet | text,label~a,1                   | FILE: not a Parquet file: FILE is not a Parquet file. Expected magic number at tail, but found [108, 44, 97, 44] (must be one)
                    """)
    void refuseFilesThatAreWrong(String name, String content, String message) throws IOException {
        write(name, content.replace("~", "\n") + (name.endsWith("parquet") ? ",".repeat(20) + "l,a," : ""));
        refused("", name, Optional.of(ANSWERS), message.replace("FILE", file(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "#1", "-1", "99999"})
    void needNumbersForColumnsWithoutHeader(String column) throws IOException {
        write("a.csv", "a,1\n");
        refused(
                "header = false, columns { label = 1, text = \"" + column + "\" }",
                "a.csv",
                Optional.of(ANSWERS),
                "data.columns.text: " + column + " (must be a column's number, from 0: data.header is false)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2000})
    void refuseBytesThatAreNoTextByTheirLine(int records) throws IOException {
        write("a.csv", "text,label\n" + "\"5 \u20ac\n\",1\n\n".repeat(records) + "\"a\n");
        Files.write(
                directory.resolve("a.csv"),
                "caf\u00e9\",1\n".getBytes(StandardCharsets.ISO_8859_1),
                StandardOpenOption.APPEND);
        refused(
                "",
                "a.csv",
                Optional.of(ANSWERS),
                file("a.csv") + " line " + (3 * records + 3) + ": not UTF-8 (must be text in UTF-8)");
    }

    @Test
    void refuseTokensThatTheModelLacks() throws IOException {
        write("a.csv", "text,label\nwater,1\n");
        assertThatThrownBy(() -> labelled("", "a.csv", new TextRecords.Limits(10, 2, 64), Optional.of(ANSWERS)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageMatching(
                        ".*a.csv line 2: token \\d+ of the tokenizer \\(must be from 0 to 9, the model's vocabulary; the"
                                + " tokenizer is another model's\\)");
    }

    @Test
    void areOfOneTypeWhereTheModelKnowsNoOther() throws IOException {
        write("a.csv", "text,label,b\nwater,1,light\n");
        LabelledTokens pair = labelled("columns.pair = b", "a.csv", LIMITS, Optional.of(ANSWERS))
                .get(0);
        LabelledTokens same = labelled(
                        "columns.pair = b", "a.csv", new TextRecords.Limits(400, 1, 64), Optional.of(ANSWERS))
                .get(0);
        assertThat(pair.types()).contains((byte) 1);
        assertThat(same.tokens()).isEqualTo(pair.tokens());
        assertThat(same.types()).containsOnly((byte) 0);
    }

    @Test
    void comeWithTheHashOfTheFile() throws IOException {
        write("a.csv", "text,label\nwater,1\n");
        RecordFile file = RecordFile.of(new Configuration(), Fixtures.hadoop(directory.resolve("a.csv")), "data.train");
        try (RecordReader<LabelledTokens> reader = reader("", LIMITS, Optional.of(ANSWERS))) {
            reader.read(file, example -> {});
        }
        assertThat(file.sha256()).isEqualTo(Sha256.hexadecimal(sha256(directory.resolve("a.csv"))));
    }

    private static java.security.MessageDigest sha256(Path file) throws IOException {
        java.security.MessageDigest sha256 = Sha256.digest();
        sha256.update(Files.readAllBytes(file));
        return sha256;
    }

    private static Row single(float label, String text) {
        return new Row(label, text, null);
    }

    /** Asserts by what it returns that the tokens of the file are those of its texts. */
    private List<Row> read(String settings, String name, Labels labels) throws IOException {
        DataSettings data = settings(settings);
        List<Row> rows = new ArrayList<>();
        RecordFile file = RecordFile.of(new Configuration(), Fixtures.hadoop(directory.resolve(name)), "data.train");
        List<Column> columns = new ArrayList<>(List.of(
                new Column("data.columns.label", data.table().label(), true),
                new Column("data.columns.text", data.table().text(), false)));
        data.table().pair().ifPresent(pair -> columns.add(new Column("data.columns.pair", pair, false)));
        Label label = new Label(Optional.ofNullable(labels));
        Table.of(data.table(), file)
                .forEach(
                        file,
                        columns,
                        (values, position) -> rows.add(new Row(
                                label.of(values[0], position), values[1], values.length > 2 ? values[2] : null)));
        List<LabelledTokens> examples = labelled(settings, name, LIMITS, Optional.ofNullable(labels));
        try (TextTokenizer tokenizer = TextTokenizer.open(new Configuration(), MODEL, 256)) {
            for (int i = 0; i < rows.size(); i++) {
                Tokens tokens = tokenizer.encode(
                        rows.get(i).text(), Optional.ofNullable(rows.get(i).pair()));
                assertThat(examples.get(i).tokens()).isEqualTo(tokens.ids());
                assertThat(examples.get(i).label()).isEqualTo(rows.get(i).label());
            }
        }
        assertThat(examples).hasSameSizeAs(rows);
        return rows;
    }

    private List<LabelledTokens> labelled(
            String settings, String name, TextRecords.Limits limits, Optional<Labels> labels) throws IOException {
        List<LabelledTokens> examples = new ArrayList<>();
        try (RecordReader<LabelledTokens> reader = reader(settings, limits, labels)) {
            reader.read(
                    RecordFile.of(new Configuration(), Fixtures.hadoop(directory.resolve(name)), "data.train"),
                    examples::add);
        }
        return examples;
    }

    private static RecordReader<LabelledTokens> reader(
            String settings, TextRecords.Limits limits, Optional<Labels> labels) throws IOException {
        return TextRecords.reader(new Configuration(), settings(settings), MODEL, limits, labels);
    }

    private static DataSettings settings(String settings) {
        return GivenSettings.of("data { format = text, " + settings + " }").data();
    }

    private void refused(String settings, String name, Optional<Labels> labels, String message) {
        assertThatThrownBy(() -> labelled(settings, name, LIMITS, labels))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(message);
    }

    private String file(String name) {
        return Fixtures.hadoop(directory.resolve(name)).toString();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
