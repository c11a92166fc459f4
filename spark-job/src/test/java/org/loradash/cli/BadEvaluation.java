package org.loradash.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.loradash.Fixtures;

/** What cannot be evaluated, or not so. */
final class BadEvaluation {
    private static final String GOOD = "{\"input_ids\": [1, 5, 2], \"label\": 1}\n";

    private BadEvaluation() {}

    static List<BadInput> ofQuestions() {
        return new BadInput.Area("evaluate: a model that writes")
                .with("a run that has not ended", workspace -> workspace.command(command(workspace)))
                .with("no questions", workspace -> workspace.command(command(workspace, "--base")))
                .with("`--name tokens`", workspace -> workspace.command(command(workspace, "--name", "tokens")))
                .with("an encoder", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.set("task = { kind = language }");
                })
                .cases();
    }

    static List<BadInput> ofTexts() {
        return new BadInput.Area("evaluate: classes of texts")
                .with("no files", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.without("evaluation.data");
                })
                .with("no file", workspace -> {
                    texts(workspace, GOOD, "--base");
                    Files.delete(workspace.path("dev.jsonl"));
                })
                .with("two files of one name", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.text("other/dev.jsonl", GOOD);
                    workspace.set("evaluation.data = [\"%s\", \"%s\"]"
                            .formatted(workspace.path("dev.jsonl"), workspace.path("other/dev.jsonl")));
                })
                .with("a name that is no file's", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.set("evaluation.sets = \"../dev\"");
                })
                .with("records of instructions", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.set("data.format = instruction");
                })
                .with("a decoder", workspace -> {
                    workspace.set("task { kind = classification, labels = 2 }");
                    workspace.command(command(workspace, "--base"));
                })
                .with("a model whose head is of other classes", workspace -> {
                    texts(workspace, GOOD, "--base");
                    workspace.set("task.labels = 3");
                })
                .cases();
    }

    static List<BadInput> records() {
        BadInput.Area area = new BadInput.Area(
                "evaluate: records", "application", "model: hash of 2 files", "evaluation: tokens of 1 files");
        for (String record : List.of(
                "",
                "{\"input_ids\": [1, 5, 2], \"label\": 2}",
                "{\"input_ids\": [1, 500, 2], \"label\": 1}",
                "{\"input_ids\": [1" + ", 5".repeat(40) + "], \"label\": 1}")) {
            String shown = record.length() > 60 ? "more tokens than the model has positions" : "`" + record + "`";
            area.with(record.isEmpty() ? "nothing" : shown, workspace -> texts(workspace, record, "--base"));
        }
        return area.cases();
    }

    /** An encoder with a head of two classes, and records to evaluate it on. */
    private static void texts(Workspace workspace, String records, String... subject) throws IOException {
        Workspace.delete(workspace.path("model"));
        TrainedRun.copy(Fixtures.path("golden/bert/model"), workspace.path("model"));
        workspace.text("dev.jsonl", records);
        workspace.set("task { kind = classification, labels = 2 }");
        workspace.right("evaluation.data = \"%s\"".formatted(workspace.path("dev.jsonl")));
        workspace.command(command(workspace, subject));
    }

    private static String[] command(Workspace workspace, String... more) {
        String[] all = new String[2 + more.length];
        all[0] = "evaluate";
        all[1] = workspace.path("job.conf").toString();
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }
}
