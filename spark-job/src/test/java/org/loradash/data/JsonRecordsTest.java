package org.loradash.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

class JsonRecordsTest {
    private static final String FORMS = "(must be a JSON array of objects, or an object a line)";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"instruction\":\"a\",\"output\":\"b\"},\n {\"output\":\"d\",\"input\":\"i\",\"instruction\":\"c\"}]",
                "{\"instruction\":\"a\",\"output\":\"b\"}\n{\"output\":\"d\",\"input\":\"i\",\"instruction\":\"c\"}",
                "\n\n {\"instruction\":\"a\",\"output\":\"b\",\"input\":null}\n\n"
                        + "{\"output\":\"d\",\"input\":\"i\",\"instruction\":\"c\",\"answer\":{\"instruction\":[1,{}]}}\n",
                "\uFEFF[{\"instruction\":\"a\",\"output\":\"b\",\"input\":\"\"},"
                        + "{\"output\":\"d\",\"input\":\"i\",\"instruction\":\"c\"}]"
            })
    void readsAnArrayOrLines(String text) throws IOException {
        assertThat(instructions(text))
                .containsExactly(new InstructionRecord("a", "", "b"), new InstructionRecord("c", "i", "d"));
    }

    @Test
    void refusesAFileWithoutRecords() {
        for (String text : List.of("", " \n\n", "[]", " [ ] ")) {
            assertRefused(text).hasMessage("data.json: no records " + FORMS);
        }
    }

    @Test
    void namesTheLineOrTheRecordOfAMistake() {
        assertRefused("{\"instruction\":\"a\",\"output\":\"b\"}\n\n{\"instruction\":\"a\"}\n")
                .hasMessage("data.json line 3: no output"
                        + " (a record has the texts instruction and output, and may have input)");
        assertRefused("[{\"instruction\":\"a\",\"output\":\"b\"},\n{\"output\":\"a\"}]")
                .hasMessage("data.json record 2: no instruction"
                        + " (a record has the texts instruction and output, and may have input)");
        assertRefused("[{\"instruction\":\"a\",\"output\":null}]")
                .hasMessageStartingWith("data.json record 1: no output (");
        assertRefused("{\"instruction\":\"a\",\"output\":5}")
                .hasMessage("data.json line 1: output is a number (must be a text)");
        assertRefused("{\"instruction\":[\"a\"],\"output\":\"b\"}")
                .hasMessage("data.json line 1: instruction is an array (must be a text)");
        assertRefused("{\"instruction\":\"a\",\"input\":{},\"output\":\"b\"}")
                .hasMessage("data.json line 1: input is an object (must be a text)");
        assertRefused("{\"instruction\":\"a\",\"output\":\"b \\ud83d c\"}")
                .hasMessage("data.json line 1: output has half a surrogate pair at character 2"
                        + " (must be a valid Unicode text)");
    }

    @Test
    void refusesWhatIsNotAnObject() {
        assertRefused("\"text\"").hasMessage("data.json line 1: a text " + FORMS);
        assertRefused("[{\"instruction\":\"a\",\"output\":\"b\"}, 7]")
                .hasMessage("data.json record 2: a number " + FORMS);
        assertRefused("{\"instruction\":\"a\",\"output\":\"b\"}\nnull").hasMessage("data.json line 2: null " + FORMS);
        assertRefused("[{\"instruction\":\"a\",\"output\":\"b\"}] {}")
                .hasMessage("data.json: something after the array's end " + FORMS);
    }

    @Test
    void refusesAFileThatIsCutOff() {
        assertRefused("[{\"instruction\":\"a\",\"output\":\"b\"},{\"instruc")
                .hasMessage("data.json record 2: the file ends inside a record " + FORMS);
        assertRefused("[{\"instruction\":\"a\",\"output\":\"b\"}")
                .hasMessage("data.json record 2: the file ends inside a record " + FORMS);
        assertRefused("{\"instruction\":\"a\",\"output\":\"b\"}\n{\"instruction\":\"a\"")
                .hasMessage("data.json line 2: the file ends inside a record " + FORMS);
        assertRefused("{\"instruction\":\"a\",\"answer\":[[")
                .hasMessage("data.json line 1: the file ends inside a record " + FORMS);
    }

    @Test
    void namesACutLineByItsOwnNumber() {
        assertRefused(
                        "{\"instruction\":\"a\",\"output\":\"b\"}\n{\"instruction\":\"a\",\n{\"instruction\":\"a\",\"output\":\"b\"}")
                .hasMessageStartingWith("data.json line 2: not JSON: Unexpected character ('{'")
                .hasMessageNotContaining("\n");
        assertRefused("{\"instruction\":\"a\",\"output\":\"b\"}\n}\n")
                .hasMessageStartingWith("data.json line 2: not JSON: Unexpected close marker '}'");
        assertRefused("instruction,input,output\n")
                .hasMessageStartingWith("data.json line 1: not JSON: Unrecognized token");
    }

    @Test
    void refusesBytesThatAreNotText() {
        for (int line : List.of(1, 2, 3000)) {
            byte[] bytes =
                    "{\"instruction\":\"a?\",\"output\":\"b\"}\n".repeat(line).getBytes(UTF_8);
            bytes[bytes.length - 17] = (byte) 0xff;
            assertThatThrownBy(() -> instructions(bytes))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage("data.json line " + line + ": not UTF-8 (must be JSON in UTF-8)");
        }
    }

    @Test
    void refusesATextThatIsTooLong() {
        assertRefused("{\"instruction\":\"" + "a".repeat(10_000_001) + "\",\"output\":\"b\"}")
                .hasMessageStartingWith("data.json line 1: String")
                .hasMessageEndingWith("(must have texts of at most 10000000 characters, and lists at most 64 deep)");
    }

    @Test
    void refusesDeepNesting() {
        assertRefused("{\"other\":" + "[".repeat(100_000))
                .hasMessageStartingWith("data.json line 1: ")
                .hasMessageContaining("64");
    }

    @Test
    void readsTokensWithAndWithoutLabels() throws IOException {
        assertThat(tokens("{\"input_ids\":[1,2,3]}\n{\"labels\":[-100,5,-100],\"id\":1,\"input_ids\":[4,5,6]}"
                        + "\n{\"input_ids\":[1,2,3,4,5],\"labels\":null}"))
                .containsExactly(
                        new Sequence(new int[] {1, 2, 3}, new int[] {1, 2, 3}),
                        new Sequence(new int[] {4, 5, 6}, new int[] {-100, 5, -100}),
                        new Sequence(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 4}));
    }

    @Test
    void paddingAtTheEndsIsNoPartOfARecord() throws IOException {
        Sequence record = new Sequence(new int[] {1, 2, 3}, new int[] {-100, 2, 3});
        assertThat(tokens("{\"input_ids\":[1,2,3],\"labels\":[-100,2,3],\"attention_mask\":[1,1,1]}"
                        + "\n{\"attention_mask\":[0,0,0,0,1,1,1],\"input_ids\":[0,0,0,0,1,2,3],\"labels\":[-100,-100,-100,-100,-100,2,3]}"
                        + "\n{\"input_ids\":[1,2,3,0],\"labels\":[-100,2,3,0],\"attention_mask\":[1,1,1,0]}"
                        + "\n{\"input_ids\":[9,1,2,3,9],\"labels\":[9,-100,2,3,9],\"attention_mask\":[0,1,1,1,0]}"))
                .containsOnly(record);
        assertThat(tokens("{\"input_ids\":[0,1,2,3,4,5],\"attention_mask\":[0,1,1,1,1,1]}"))
                .as("the cut-off counts what is no padding")
                .containsExactly(new Sequence(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 4}));
    }

    @Test
    void refusesAMaskThatIsNoPadding() {
        assertTokensRefused("{\"input_ids\":[1,2,3,4],\"attention_mask\":[1,0,1,1]}")
                .hasMessage(
                        "data.json line 1: attention_mask is 0 at 1 and 1 behind it (0 must be padding, at the ends)");
        assertTokensRefused("{\"input_ids\":[1,2,3],\"attention_mask\":[1,1]}")
                .hasMessage("data.json line 1: 2 attention_mask for 3 input_ids (must be as many)");
        assertTokensRefused("{\"input_ids\":[1,2,3],\"attention_mask\":[1,2,1]}")
                .hasMessage("data.json line 1: 2 in attention_mask (must be 1, or 0 for padding)");
        assertTokensRefused("{\"input_ids\":[1,2,3],\"attention_mask\":[0,0,0]}")
                .hasMessage("data.json line 1: 0 input_ids that are not padding"
                        + " (must be at least 2, one to predict from another)");
    }

    @Test
    void refusesWhatMayChangeTheMeaningOfTokens() {
        for (String field : List.of(
                "\"position_ids\":[0,1]", "\"token_type_ids\":[0,1]", "\"weight\":0.5", "\"loss_mask\":[0,1]")) {
            assertTokensRefused("{\"input_ids\":[1,2]," + field + "}")
                    .hasMessage(
                            "data.json line 1: the field " + field.substring(1, field.indexOf(':') - 1)
                                    + " (must be input_ids, labels or attention_mask, or a note without a number for each token)");
        }
    }

    @Test
    void refusesFieldsGivenTwice() {
        assertTokensRefused("{\"input_ids\":[1,2],\"labels\":[1,2],\"labels\":[-100,2]}")
                .hasMessageStartingWith("data.json line 1: not JSON: Duplicate field 'labels'");
        assertRefused("{\"instruction\":\"a\",\"output\":\"b\",\"output\":\"c\"}")
                .hasMessageStartingWith("data.json line 1: not JSON: Duplicate field 'output'");
    }

    @Test
    void refusesInstructionsWithPartsOfOtherFormats() throws IOException {
        for (String field : List.of("\"system\":\"Be brief.\"", "\"history\":[[\"a\",\"b\"]]", "\"weight\":2")) {
            assertRefused("{\"instruction\":\"a\"," + field + ",\"output\":\"b\"}")
                    .hasMessage("data.json line 1: the field " + field.substring(1, field.indexOf(':') - 1)
                            + " (must be absent or empty: of a record instruction, input and output alone are learnt)");
        }
        assertThat(instructions("{\"instruction\":\"a\",\"system\":\"\",\"history\":[],\"tools\":null,"
                        + "\"answer\":\"b\",\"id\":[7],\"output\":\"b\"}"))
                .containsExactly(new InstructionRecord("a", "", "b"));
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        assertTokensRefused("{\"input_ids\":[1,2]}\n{\"input_ids\":[1,2]}\n{\"input_ids\":[1,10]}")
                .hasMessage("data.json line 3: token 10 (must be from 0 to 9, the model's vocabulary)");
        assertTokensRefused("{\"input_ids\":[1,-100]}")
                .hasMessage("data.json line 1: token -100 (must be from 0 to 9, the model's vocabulary)");
        assertTokensRefused("{\"input_ids\":[1,99999999999999999999]}")
                .hasMessage(
                        "data.json line 1: token 99999999999999999999 (must be from 0 to 9, the model's vocabulary)");
        assertTokensRefused("{\"input_ids\":[1,2],\"labels\":[-1,2]}")
                .hasMessage("data.json line 1: label -1"
                        + " (must be from 0 to 9, the model's vocabulary, or -100 for none)");
        // Beyond the cut-off too: the file is of another model.
        assertTokensRefused("{\"input_ids\":[1,2,3,4,10]}")
                .hasMessage("data.json line 1: token 10 (must be from 0 to 9, the model's vocabulary)");
    }

    @Test
    void refusesArraysThatDoNotFit() {
        assertTokensRefused("{\"labels\":[1,2]}")
                .hasMessage("data.json line 1: no input_ids (a record has the array input_ids, and may have labels)");
        assertTokensRefused("{\"input_ids\":[1,2,3,4,5,6],\"labels\":[1,2,3,4,5]}")
                .hasMessage("data.json line 1: 5 labels for 6 input_ids (must be as many)");
        assertTokensRefused("{\"input_ids\":[1]}")
                .hasMessage("data.json line 1: 1 input_ids (must be at least 2, one to predict from another)");
        assertTokensRefused("{\"input_ids\":\"1 2\"}")
                .hasMessage("data.json line 1: input_ids is a text (must be an array of integers)");
        assertTokensRefused("{\"input_ids\":[1,2.0]}")
                .hasMessage("data.json line 1: a number in input_ids (must be an array of integers)");
        assertTokensRefused("{\"input_ids\":[1,[2]]}")
                .hasMessage("data.json line 1: an array in input_ids (must be an array of integers)");
        assertTokensRefused("{\"input_ids\":[1,2")
                .hasMessage("data.json line 1: the file ends inside a record " + FORMS);
    }

    @Test
    void refusesRecordsWithoutLabels() {
        String allowed = " (of its first 4 tokens, data.cutoff, one after the first must have a label other than -100)";
        for (String labels : List.of("-100,-100,-100", "1,-100,-100", "-100,-100,-100,-100,5")) {
            String ids = "1,2,3,4,5".substring(0, 2 * labels.split(",").length - 1);
            assertTokensRefused("{\"input_ids\":[" + ids + "],\"labels\":[" + labels + "]}")
                    .hasMessage("data.json line 1: a record without labels" + allowed);
        }
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(String text) {
        return assertThatThrownBy(() -> instructions(text)).isInstanceOf(InvalidInput.class);
    }

    private static AbstractThrowableAssert<?, ?> assertTokensRefused(String text) {
        return assertThatThrownBy(() -> tokens(text)).isInstanceOf(InvalidInput.class);
    }

    private static List<InstructionRecord> instructions(String text) throws IOException {
        return instructions(text.getBytes(UTF_8));
    }

    private static List<InstructionRecord> instructions(byte[] bytes) throws IOException {
        List<InstructionRecord> records = new ArrayList<>();
        long count = JsonRecords.forEach(
                new ByteArrayInputStream(bytes),
                "data.json",
                (parser, position) -> records.add(InstructionRecord.read(parser, position)));
        assertThat(count).isEqualTo(records.size());
        return records;
    }

    /** With ten tokens in the vocabulary and a cut-off of four. */
    private static List<Sequence> tokens(String text) throws IOException {
        List<Sequence> sequences = new ArrayList<>();
        JsonRecords.forEach(
                new ByteArrayInputStream(text.getBytes(UTF_8)),
                "data.json",
                (parser, position) -> sequences.add(TokenRecord.read(parser, position, 10, 4)));
        return sequences;
    }
}
