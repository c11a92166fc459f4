package org.loradash.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.EvaluationSettings.By;
import org.loradash.config.GivenSettings;
import org.loradash.tsd.InvalidInput;

class QuestionsTest {
    private static final String BOOLQ =
            """
            [{"instruction": "true or false?\\n\\nAnswer format: true/false", "input": "", "answer": "true"},
             {"instruction": "again?\\n\\nAnswer format: true/false", "input": "in", "output": "x", "answer": "false"}]
            """;
    private static final String ARC =
            """
            {"instruction": "Which?\\n\\nAnswer format: answer1/answer2/answer3", "answer": "answer3"}
            """;

    @TempDir
    private Path directory;

    @Test
    void takesSetsFromDirectoriesAndSortsThem() throws IOException {
        String arc = file("ARC-Easy", ARC);
        String boolq = file("boolq", BOOLQ);
        List<Questions> sets = read(By.LIKELIHOOD, 0, List.of(), arc, boolq);
        assertThat(sets).extracting(Questions::set).containsExactly(TestSet.BOOLQ, TestSet.ARC_EASY);
        Question first = sets.get(0).all().get(0);
        assertThat(first.options()).containsExactly("true", "false");
        assertThat(first.answer()).isEqualTo("true");
        assertThat(first.prompt())
                .startsWith("Below is an instruction")
                .endsWith("### Instruction:\ntrue or false?\n\nAnswer format: true/false\n\n### Response:\n");
        assertThat(sets.get(0).all().get(1).prompt()).contains("### Input:\nin\n");
        assertThat(sets.get(1).all().get(0).options()).containsExactly("answer1", "answer2", "answer3");
    }

    @Test
    void takesSetsFromTheKey() throws IOException {
        String file = file("elsewhere", BOOLQ);
        List<Questions> sets = read(By.GENERATION, 1, List.of("boolq"), file);
        assertThat(sets).extracting(Questions::set).containsExactly(TestSet.BOOLQ);
        assertThat(sets.get(0).all()).as("evaluation.records").hasSize(1);
        assertThat(sets.get(0).all().get(0).options()).as("by generation").isEmpty();
    }

    @Test
    void theHashIsThatOfTheWholeFile() throws IOException {
        String whole =
                read(By.GENERATION, 0, List.of(), file("boolq", BOOLQ)).get(0).sha256();
        assertThat(read(By.GENERATION, 1, List.of(), file("boolq", BOOLQ))
                        .get(0)
                        .sha256())
                .isEqualTo(whole);
        assertThat(read(By.GENERATION, 1, List.of(), file("boolq", BOOLQ + "\n"))
                        .get(0)
                        .sha256())
                .isNotEqualTo(whole);
    }

    @Test
    void refusesNoFiles() {
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of()))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("evaluation.data: missing (must be a path or a list of paths, to be evaluated on)");
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void takesTheAnswersOfAnotherSetFromItsQuestions(By by) throws IOException {
        String own = file("own", BOOLQ);
        String boolq = file("boolq", BOOLQ);
        List<Questions> sets = read(by, 0, List.of(), own, boolq);
        assertThat(sets).extracting(questions -> questions.set().title()).containsExactly("boolq", "own");
        assertThat(sets.get(1).all().get(0).options()).containsExactly("true", "false");
    }

    @Test
    void refusesAQuestionOfAnotherSetThatNamesNoAnswers() throws IOException {
        String file = file("own", "[{\"instruction\": \"Which?\", \"answer\": \"this\"}]");
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + " record 1: no answer format (in the set own an instruction must end like:"
                        + " Answer format: yes/no)");
    }

    @Test
    void refusesADirectoryThatNamesNoSet() throws IOException {
        String file = file("a set", ARC);
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("evaluation.data: " + file
                        + " (its directory a set is no name of a set; evaluation.sets must give one)");
    }

    @Test
    void refusesTwoFilesOfASet() throws IOException {
        String one = file("ARC-Easy", ARC);
        String other = file("copy/ARC-Easy", ARC);
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), one, other))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "evaluation.data: " + other + " (is a second file of the set ARC-Easy; must be the only one)");
    }

    @Test
    void refusesAFileThatIsAbsent() {
        String file = directory.resolve("boolq/none.json").toString();
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("evaluation.data: " + file + " (must be a file that can be read; there is none)");
    }

    @Test
    void refusesARecordWithoutAnAnswer() throws IOException {
        String file = file("ARC-Easy", ARC + "{\"instruction\": \"Which?\", \"output\": \"x\"}\n");
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + " line 2: no answer (a question has the texts instruction and answer, and may have"
                        + " input and output)");
    }

    @Test
    void refusesAnAnswerOfAnotherSet() throws IOException {
        String file = file("winogrande", ARC);
        assertThatThrownBy(() -> read(By.GENERATION, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + " line 1: answer: answer3 (must be option1 or option2, for the set winogrande)");
    }

    @Test
    void byLikelihoodRefusesAnAnswerThatTheQuestionDoesNotAllow() throws IOException {
        String file = file("ARC-Easy", ARC.replace("\"answer3\"}", "\"answer4\"}"));
        assertThat(read(By.GENERATION, 0, List.of(), file)).hasSize(1);
        assertThatThrownBy(() -> read(By.LIKELIHOOD, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + " line 1: answer: answer4 (must be answer1 or answer2 or answer3, for the set"
                        + " ARC-Easy)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Which?",
                "Answer format: answer1",
                "Answer format: answer1/answer1",
                "Answer format: answer1/answer2 and more",
                "Answer format: answer1//answer2",
                "answer format: answer1/answer2"
            })
    void byLikelihoodRefusesAQuestionWithoutAnswerFormat(String instruction) throws IOException {
        String file = file("winogrande", "{\"instruction\": \"" + instruction + "\", \"answer\": \"option1\"}");
        assertThatThrownBy(() -> read(By.LIKELIHOOD, 0, List.of(), file))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(file + " line 1: no answer format (for evaluation.by = likelihood an instruction must end"
                        + " like: Answer format: option1/option2)");
    }

    private String file(String set, String content) throws IOException {
        Path parent = Files.createDirectories(directory.resolve(set));
        return Files.writeString(parent.resolve("test.json"), content).toString();
    }

    private static List<Questions> read(By by, int records, List<String> sets, String... files) {
        return Questions.read(
                GivenSettings.of(
                                given("evaluation.data", List.of(files)),
                                given("evaluation.sets", sets),
                                "evaluation.records = " + records,
                                "evaluation.by = " + by.name().toLowerCase(Locale.ROOT))
                        .evaluation(),
                new Configuration());
    }

    private static String given(String key, List<String> texts) {
        String list = texts.stream().map(text -> '"' + text + '"').collect(Collectors.joining(", ", "[", "]"));
        return texts.isEmpty() ? "" : key + " = " + list;
    }
}
