package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;

/** A model's folder in the hub's cache is as good as its snapshot, in every command. */
class HubFolderTest {
    private static final String CONVERSATION =
            """
            {"messages":[{"role":"user","content":"Is water wet?"},{"role":"assistant","content":"yes"}]}
            """;

    @TempDir
    private static Path directory;

    private static Path folder;
    private static Path snapshot;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        folder = directory.resolve("models--org--tiny");
        snapshot = Files.createDirectories(folder.resolve("snapshots/0123"));
        Path blobs = Files.createDirectories(folder.resolve("blobs"));
        try (Stream<Path> files = Files.list(Fixtures.path("tiny-llama/model"))) {
            for (Path file : files.toList()) {
                Path blob = blobs.resolve(Integer.toHexString(file.getFileName().hashCode()));
                Files.copy(file, blob);
                Files.createSymbolicLink(snapshot.resolve(file.getFileName()), snapshot.relativize(blob));
            }
        }
        Files.writeString(
                snapshot.resolve("chat_template.jinja"),
                "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
                        + "{% if add_generation_prompt %}assistant: {% endif %}");
        Files.writeString(Files.createDirectories(folder.resolve("refs")).resolve("main"), "0123");
        Path records = Files.writeString(directory.resolve("records.jsonl"), CONVERSATION.repeat(8));
        run = directory.resolve("run");
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                directory.resolve("run.conf"),
                """
                run.output = "%s", model.path = "%s", data { format = chat, train = "%s" }
                adapter { method = lora, targets = all-linear }
                training { steps = 2, batch-size = 2 }
                """
                                .formatted(run, folder, records)
                        + TrainCommandLine.SPARK);
        assertThat(ended.errors()).isEmpty();
    }

    @Test
    void aRunIsAskedInTheChatTemplateOfItsSnapshot() {
        String said = answer();
        assertThat(answer("--model", snapshot.toString())).isEqualTo(said);
        assertThat(answer("--system", "Be brief.")).as("behind a system's turn").isNotEqualTo(said);
    }

    @Test
    void aRunPredicts() throws IOException {
        Path rows = Files.writeString(directory.resolve("rows.jsonl"), CONVERSATION);
        Path output = directory.resolve("predicted");
        TrainCommandLine.Ended ended = TrainCommandLine.run(List.of(
                "predict",
                run.toString(),
                "--input",
                rows.toString(),
                "--output",
                output.toString(),
                "--format",
                "json"));
        assertThat(ended.errors()).isEmpty();
        assertThat(new ObjectMapper()
                        .readTree(output.resolve("part-00000.json").toFile())
                        .has("predicted_text"))
                .isTrue();
    }

    @Test
    void theAdapterNamesTheSnapshotWhichOtherSoftwareLoads() throws IOException {
        JsonNode config = new ObjectMapper()
                .readTree(run.resolve("adapter/adapter_config.json").toFile());
        assertThat(config.path("base_model_name_or_path").asText()).isEqualTo(snapshot.toString());
    }

    private static String answer(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments =
                new ArrayList<>(List.of("generate", run.toString(), "--chat", "Is water wet?", "--max-tokens", "4"));
        arguments.addAll(List.of(options));
        assertThat(LoraDash.run(
                        arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err), settings -> {}))
                .as(err::toString)
                .isZero();
        return out.toString();
    }
}
