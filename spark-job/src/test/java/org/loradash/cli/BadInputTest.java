package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mistake ends with status 2 and one line that says what, its value and what is allowed, before anything is trained
 * and with nothing changed. docs/bad-input.md holds the lines; {@code -Dbad-input.write=true} writes them anew.
 */
class BadInputTest {
    /** What only the tests have on their class path, and a user does not. */
    private static final String GUEST = " or SkippingRegressor";

    private static final String FORM = "(lora-dash|tsd): .+: .+ \\(.+\\)";
    private static final boolean WRITE = Boolean.getBoolean("bad-input.write");
    private static final BadInputPage PAGE = BadInputPage.read();
    private static final Map<String, String> LINES = new LinkedHashMap<>();

    @TempDir
    private Path directory;

    static Stream<BadInput> all() {
        return Stream.of(
                        BadSettings.values(),
                        BadSettings.keys(),
                        BadSettings.combinations(),
                        BadSettings.syntax(),
                        BadSettings.spark(),
                        BadSettings.commandLine(),
                        BadModel.directory(),
                        BadModel.config(),
                        BadModel.weights(),
                        BadStateDictionary.cases(),
                        BadModel.values(),
                        BadModel.tokenizer(),
                        BadModel.olderTokenizers(),
                        BadDecoderTokenizer.cases(),
                        BadAdapter.cases(),
                        BadRecords.files(),
                        BadRecords.tokens(),
                        BadRecords.heldOut(),
                        BadRecords.instructions(),
                        BadRecords.texts(),
                        BadPictures.settings(),
                        BadPictures.latents(),
                        BadPictures.photos(),
                        BadChats.records(),
                        BadChats.templates(),
                        BadChats.files(),
                        BadRun.cases(),
                        BadRun.altered(),
                        BadEvaluation.ofQuestions(),
                        BadEvaluation.ofTexts(),
                        BadEvaluation.records(),
                        BadSweep.cases(),
                        BadAnalysis.commandLine(),
                        BadAnalysis.files())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("all")
    void endsWithOneLineBeforeAnythingIsDone(BadInput bad) throws IOException {
        Workspace workspace = new Workspace(directory);
        bad.breaking().in(workspace);
        JobLog.clear();
        Workspace.Ended ended = workspace.run();
        assertThat(ended.errors()).as("error stream").hasSize(1);
        String line = ended.errors().get(0).replace(GUEST, "");
        LINES.put(bad.toString(), line);
        assertThat(ended.status()).as(line).isEqualTo(2);
        assertThat(line).matches(FORM);
        assertThat(ended.after()).as("files").isEqualTo(ended.before());
        assertThat(JobLog.jobs()).as("what Spark did").isSubsetOf(bad.mayRun());
        if (!WRITE) {
            assertThat(line).isEqualTo(PAGE.line(bad));
        }
    }

    @Test
    void thePageHasAllOfThemAndNoOthers() {
        if (!WRITE) {
            List<BadInput> all = all().toList();
            assertThat(PAGE.text()).isEqualTo(BadInputPage.text(all, PAGE::line));
        }
    }

    @Test
    void withoutAMistakeTheCommandTrains() throws IOException {
        Workspace workspace = new Workspace(directory);
        Workspace.Ended ended = workspace.run();
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(workspace.path("run/_SUCCESS")).exists();
    }

    @AfterAll
    static void write() throws IOException {
        if (WRITE) {
            Map<String, List<BadInput>> named = all().collect(Collectors.groupingBy(BadInput::toString));
            assertThat(named.values()).as("names").allMatch(cases -> cases.size() == 1);
            Files.writeString(
                    BadInputPage.FILE,
                    BadInputPage.text(all().toList(), bad -> LINES.getOrDefault(bad.toString(), "")));
        }
    }
}
