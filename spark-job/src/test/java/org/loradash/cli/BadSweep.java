package org.loradash.cli;

import java.util.List;

/** Mistakes in a list of runs. */
final class BadSweep {
    private BadSweep() {}

    static List<BadInput> cases() {
        BadInput.Area area = new BadInput.Area("sweep");
        for (String line : List.of(
                "# no list",
                "sweep = 5",
                "sweep = []",
                "sweep = {}",
                "sweep = [5]",
                "sweep = [[{name = a}]]",
                "sweep = [{adapter.rank = 2}]",
                "sweep = [{name = \"../up\"}]",
                "sweep = [{name = \"/abs\"}]",
                "sweep = [{name = \".\"}]",
                "sweep = [{name = {}}]",
                "sweep = [{name = a}, {name = a}]",
                "sweep = [{name = a, run.output = b}]",
                "sweep = [{name = a, run.output = [b]}]",
                "sweep = [{name = a, run = b}]",
                "sweep = [{name = a, adapter.rnak = 2}]",
                "sweep = [{name = a, adapter.rank = 0}]",
                "sweep = [{name = a}, {name = b, training.epochs = 1}]",
                "sweep = [{name = a, adapter.rank = ${nothing}}]",
                "sweep = [{name = a, sweep = [{name = b}]}]",
                "sweep = [{name = base}]",
                "sweep = [{name = a, evaluation.by = likelihood}]",
                "sweep { seeds = [1] }",
                "sweep { runs = [], seeds = [1] }",
                "sweep { runs = [{name = a}], seed = [1] }",
                "sweep { runs = [{name = a}], seeds = [] }",
                "sweep { runs = [{name = a}], seeds = [1, one] }",
                "sweep { runs = [{name = a}], seeds = [1, 1] }",
                "sweep { runs = [{name = a, training.seed = 1}], seeds = [1] }",
                "sweep { runs = [{name = a}], compare-with = b }")) {
            area.with("`" + line + "`", workspace -> {
                workspace.command("sweep", workspace.path("job.conf").toString());
                workspace.set(line);
            });
        }
        return area.with("100,000 open brackets", workspace -> {
                    workspace.command("sweep", workspace.path("job.conf").toString());
                    workspace.set("sweep = " + "[".repeat(100_000));
                })
                .with("a run's directory", workspace -> {
                    BadRun.begun(workspace);
                    workspace.command("sweep", workspace.path("job.conf").toString());
                    workspace.set("sweep = [{name = a}]");
                })
                .with("somebody's files", workspace -> {
                    workspace.command("sweep", workspace.path("job.conf").toString());
                    workspace.text("run", "precious");
                    workspace.set("sweep = [{name = a}]");
                })
                .with("questions of which there is no file", workspace -> {
                    workspace.command("sweep", workspace.path("job.conf").toString());
                    workspace.set("sweep = [{name = a}], evaluation.data = ARC-Easy/absent.json");
                })
                .with(
                        "`--set sweep=[...]` on the command line",
                        workspace -> workspace.command(
                                "sweep",
                                workspace.path("job.conf").toString(),
                                "--set",
                                "sweep=[{name = a, adapter.rnak = 1}]"))
                .cases();
    }
}
