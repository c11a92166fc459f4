package org.loradash.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.loradash.Fixtures;

/** Mistakes in what the analysis of directions is given. */
final class BadAnalysis {
    private BadAnalysis() {}

    static List<BadInput> commandLine() {
        return new BadInput.Area("tsd: command line")
                .with("no command", workspace -> workspace.analysis())
                .with("`tsd rate`", workspace -> workspace.analysis("rate"))
                .with("`tsd rates` without a task", workspace -> workspace.analysis("rates", "--output", "out"))
                .with(
                        "no `--output`",
                        workspace -> workspace.analysis(
                                "rates", workspace.path("adapter").toString()))
                .with("no `--base`", workspace -> tsd(workspace, "rates", "adapter"))
                .with("no `--reference`", workspace -> tsd(workspace, "predict", "--base", "model", "adapter"))
                .with("`--threads 0`", workspace -> rates(workspace, "--threads", "0"))
                .with("`--threads two`", workspace -> rates(workspace, "--threads", "two"))
                .with("`--epsilon 0`", workspace -> rates(workspace, "--epsilon", "0"))
                .with("`--epsilon NaN`", workspace -> rates(workspace, "--epsilon", "NaN"))
                .with("`--directions 0`", workspace -> rates(workspace, "--directions", "0"))
                .with("`--directions 1e3`", workspace -> rates(workspace, "--directions", "1e3"))
                .with("`--targets qkv`", workspace -> rates(workspace, "--targets", "qkv"))
                .with("`--recalled 0`", workspace -> {
                    tsd(workspace, "predict", "--base", "model", "--reference", "model", "adapter");
                    workspace.arguments("--recalled", "0");
                })
                .with("`-D novalue`", workspace -> rates(workspace, "-D", "novalue"))
                .with("`--bas model`", workspace -> rates(workspace, "--bas", "model"))
                .with("one task to compare", workspace -> tsd(workspace, "compare", "--base", "model", "adapter"))
                .with(
                        "the same task twice",
                        workspace -> tsd(workspace, "compare", "--base", "model", "adapter", "adapter"))
                .with(
                        "amplification of an adapter",
                        workspace -> tsd(workspace, "amplify", "--base", "model", "adapter"))
                .cases();
    }

    static List<BadInput> files() {
        return new BadInput.Area("tsd: files")
                .with("a task that is not there", workspace -> tsd(workspace, "rates", "--base", "model", "none"))
                .with("a task that is a file", workspace -> tsd(workspace, "rates", "--base", "model", "data.jsonl"))
                .with("a task with an empty path", workspace -> {
                    rates(workspace);
                    workspace.arguments("");
                })
                .with("an unknown file system", workspace -> {
                    rates(workspace);
                    workspace.arguments("nowhere://host/adapter");
                })
                .with("a base that is not there", workspace -> tsd(workspace, "rates", "--base", "none", "adapter"))
                .with("a base that is an adapter", workspace -> tsd(workspace, "rates", "--base", "adapter", "adapter"))
                .with("a base of other shapes", workspace -> {
                    TrainedRun.copy(Fixtures.path("tsd/base"), workspace.path("other"));
                    tsd(workspace, "rates", "--base", "other", "adapter");
                })
                .with("an output with files in it", workspace -> {
                    rates(workspace);
                    workspace.text("out/kept", "precious");
                })
                .with("an output that is a file", workspace -> {
                    rates(workspace);
                    workspace.text("out", "precious");
                })
                .with("an output below a file", workspace -> {
                    workspace.text("file", "precious");
                    workspace.analysis(
                            "rates",
                            "--base",
                            workspace.path("model").toString(),
                            "--output",
                            workspace.path("file") + "/out",
                            workspace.path("adapter").toString());
                })
                .with("a cache that is a file", workspace -> {
                    workspace.text("cache", "precious");
                    rates(workspace, "--cache", workspace.path("cache").toString());
                })
                .with("an adapter with DoRA", workspace -> {
                    rates(workspace);
                    workspace.json("adapter/adapter_config.json", config -> config.put("use_dora", true));
                })
                .with("an adapter of another rank than its factors", workspace -> {
                    rates(workspace);
                    workspace.json("adapter/adapter_config.json", config -> config.put("r", 8));
                })
                .with("an adapter with a pattern of 100,000 open brackets", workspace -> {
                    rates(workspace);
                    workspace.json("adapter/adapter_config.json", config -> config.putObject("rank_pattern")
                            .put("(".repeat(100_000), 1));
                })
                .with("an adapter with a pattern without end", workspace -> {
                    rates(workspace);
                    workspace.json("adapter/adapter_config.json", config -> config.putObject("rank_pattern")
                            .put("(([a-z.0-9_]+)+)+!", 1));
                })
                .with(
                        "a run: resolved.conf includes a URL",
                        workspace -> run(workspace, "include url(\"http://127.0.0.1:1/\")"))
                .with("a run: resolved.conf includes a file", workspace -> run(workspace, "include \"/etc/hostname\""))
                .with(
                        "a run: resolved.conf asks for the environment",
                        workspace -> run(workspace, "model.path = ${PATH}"))
                .with("a run: resolved.conf is not HOCON", workspace -> run(workspace, written -> "}" + written))
                .with("a run: no epsilon", workspace -> run(workspace, "dash.epsilon = null"))
                .with("a run: an epsilon below zero", workspace -> run(workspace, "dash.epsilon = -1"))
                .with(
                        "a run: a hash that leads out of the cache",
                        workspace -> run(
                                workspace,
                                "resolved.hashes { \"%s\" = \"../../../etc\" }".formatted(workspace.path("model"))))
                .with("a run: tsd/boundary.safetensors is none", workspace -> {
                    run(workspace, "");
                    workspace.text("run/tsd/boundary.safetensors", "nothing");
                    workspace.arguments();
                })
                .cases();
    }

    private static void tsd(Workspace workspace, String... arguments) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            boolean word = i == 0 || arguments[i].startsWith("--");
            all.add(word ? arguments[i] : workspace.path(arguments[i]).toString());
        }
        all.addAll(List.of("--output", workspace.path("out").toString()));
        workspace.analysis(all.toArray(String[]::new));
    }

    private static void rates(Workspace workspace, String... more) {
        tsd(workspace, "rates", "--base", "model", "adapter");
        workspace.arguments(more);
    }

    private static void run(Workspace workspace, String more) throws IOException {
        run(workspace, written -> written + more + "\n");
    }

    private static void run(Workspace workspace, UnaryOperator<String> resolved) throws IOException {
        BadRun.begun(workspace);
        TrainedRun.copy(workspace.path("adapter"), workspace.path("run/adapter"));
        Files.writeString(
                workspace.path("run/resolved.conf"),
                resolved.apply(Files.readString(workspace.path("run/resolved.conf"))));
        tsd(workspace, "report", "run");
    }
}
