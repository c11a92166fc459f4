package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.slf4j.LoggerFactory;

/** The command in processes that know little of where they are: the locale of cron and containers, users without a name. */
class SurroundingsTest {
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();
    private static final String ALLOWED = " (must be text in the locale's encoding, %s; LC_ALL=C.UTF-8 can spell all)";

    @TempDir
    private Path directory;

    @Test
    void anArgumentThatTheLocaleCannotSpellIsRefused() throws Exception {
        assertRefused("argument: ??" + ALLOWED.formatted("ANSI_X3.4-1968"), "generate", MODEL, "--prompt", "\u00e9");
    }

    @Test
    void aFileThatTheLocaleCannotSpellIsRefusedAndNoOtherIsMade() throws Exception {
        Path configuration = directory.resolve("job.conf");
        Files.writeString(
                configuration,
                "model.path = \"%s\", run.output = \"%s/l\u00e4ufe\", data.train = \"a.json\""
                                .formatted(MODEL, directory)
                        + "\ntraining { steps = 1, learning-rate = 1e-3 }");
        assertRefused(
                "run.output: " + directory + "/l\u00e4ufe" + ALLOWED.formatted("US-ASCII"),
                "train",
                configuration.toString());
        assertThat(directory).isDirectoryNotContaining("glob:**l*ufe");
    }

    @Test
    void aUserWithoutANameMayUseIt() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/setpriv")));
        List<String> nameless =
                List.of("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "env", "HOME=/nonexistent");
        Path library = Path.of(LoggerFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Ended readable = ended(nameless, List.of("test", "-r", library.toString()));
        assumeTrue(readable.status() == 0, "the libraries are another user's alone");
        List<String> command = command("generate", MODEL, "--prompt", "The", "--max-tokens", "2");
        Ended ended = ended(nameless, command);
        assertThat(ended.status()).as(ended.said()).isZero();
    }

    private void assertRefused(String line, String... arguments) throws Exception {
        Ended ended = ended(List.of("env", "LC_ALL=C"), command(arguments));
        assertThat(ended.said().lines()).as(ended.said()).contains("lora-dash: " + line);
        assertThat(ended.said()).doesNotContain("\tat ");
        assertThat(ended.status()).isEqualTo(2);
    }

    private record Ended(int status, String said) {}

    private Ended ended(List<String> surroundings, List<String> command) throws IOException, InterruptedException {
        Path said = directory.resolve("said");
        List<String> all = new ArrayList<>(surroundings);
        all.addAll(command);
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        int status = process.waitFor();
        return new Ended(status, Files.readString(said, StandardCharsets.UTF_8));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), LoraDash.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
