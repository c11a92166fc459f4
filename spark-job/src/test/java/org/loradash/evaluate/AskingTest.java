package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.data.InstructionRecord;
import org.loradash.data.tokenizer.Tokenizer;

class AskingTest {
    private static final Configuration HADOOP = new Configuration();

    private static Asking trainedOn(DataSettings.Format format) {
        return new Asking(new DataSettings(
                List.of(), format, 256, true, true, true, true, TableSettings.USUAL, ChatSettings.USUAL));
    }

    /** llama3's and mistral's tokenizers put the beginning-of-text token before a text, and their templates write it too. */
    @ParameterizedTest
    @ValueSource(strings = {"chatml", "llama3", "mistral"})
    void asksAModelThatWasTrainedOnConversationsByItsTemplate(String name) throws IOException {
        Path model = Fixtures.hadoopPath("chat/" + name);
        Asking asking = trainedOn(DataSettings.Format.CHAT);
        JsonNode expected = Fixtures.json(Fixtures.path("chat/expected.json"))
                .get(name)
                .get("conversations")
                .get(7);
        String prompt = asking.prompt(HADOOP, model).apply(new InstructionRecord("Is anybody there?", "", ""));
        assertThat(prompt).isEqualTo(expected.get("prompt_text").textValue());
        try (Tokenizer tokenizer = asking.tokenizer(HADOOP, model)) {
            assertThat(Arrays.toString(tokenizer.encode(prompt)).replace(" ", ""))
                    .isEqualTo(expected.get("prompt_input_ids").toString());
        }
        assertThat(asking.table()).containsEntry("data.format", "chat");
    }

    @Test
    void asksOthersAsInstructionsAre() throws IOException {
        Asking asking = trainedOn(DataSettings.Format.INSTRUCTION);
        assertThat(asking.prompt(HADOOP, Fixtures.hadoopPath("chat/chatml"))
                        .apply(new InstructionRecord("Is anybody there?", "", "")))
                .endsWith("### Instruction:\nIs anybody there?\n\n### Response:\n");
        assertThat(asking.table()).isEmpty();
    }
}
