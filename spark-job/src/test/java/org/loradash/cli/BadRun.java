package org.loradash.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.SettingsText;
import org.loradash.tsd.cache.ModelHash;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.Sha256;

/** Run directories that are something else, another configuration's, or altered. */
final class BadRun {
    /** Of rank 4 on q, k, v, up and down of the model's two blocks. */
    static final int PARAMETERS = 3200;

    private BadRun() {}

    static List<BadInput> cases() {
        return new BadInput.Area("run directory")
                .with("somebody's files", workspace -> workspace.text("run/thesis.tex", "precious"))
                .with(
                        "the model's directory",
                        workspace -> workspace.set("run.output = \"" + workspace.path("model") + "\""))
                .with("a file", workspace -> workspace.text("run", "precious"))
                .with("below a file", workspace -> {
                    workspace.text("file", "precious");
                    workspace.set("run.output = \"" + workspace.path("file") + "/run\"");
                })
                .with("where no directory can be made", workspace -> workspace.set("run.output = \"/proc/lora-dash\""))
                .with("an unknown file system", workspace -> workspace.set("run.output = \"nowhere://host/run\""))
                .with("`dash.cache` is a file", workspace -> {
                    workspace.text("cache", "precious");
                    workspace.set("dash.cache = \"" + workspace.path("cache") + "\"");
                })
                .with("a run of another rank", workspace -> {
                    begun(workspace);
                    workspace.set("adapter.rank = 2");
                })
                .with("a run of other data", workspace -> {
                    begun(workspace);
                    Files.copy(workspace.path("data.jsonl"), workspace.path("other.jsonl"));
                    workspace.set("data.train = \"" + workspace.path("other.jsonl") + "\"");
                })
                .with("resolved.conf: a setting is gone", workspace -> altered(workspace, "rank = 4", ""))
                .with("resolved.conf: a setting is wrong", workspace -> altered(workspace, "rank = 4", "rank = four"))
                .with("resolved.conf: a setting is another", workspace -> altered(workspace, "rank = 4", "rank = 2"))
                .with(
                        "resolved.conf: a setting more",
                        workspace -> altered(workspace, "rank = 4", "rank = 4\nrnak = 4"))
                .with(
                        "resolved.conf: includes a file",
                        workspace -> altered(workspace, "rank = 4", "rank = 4\ninclude \"/etc/hostname\""))
                .with(
                        "resolved.conf: includes a URL",
                        workspace -> altered(workspace, "rank = 4", "rank = 4\ninclude url(\"http://127.0.0.1:1/\")"))
                .with(
                        "resolved.conf: asks for the environment",
                        workspace -> altered(workspace, "method = lora-dash", "method = ${PATH}"))
                .with(
                        "resolved.conf: its hashes are a number",
                        workspace -> altered(workspace, "\"hashes\" {", "\"hashes\" = 5, \"more\" {"))
                .with("resolved.conf: nothing", workspace -> {
                    begun(workspace);
                    workspace.text("run/resolved.conf", "");
                })
                .with("resolved.conf: not text", workspace -> {
                    begun(workspace);
                    workspace.bytes("run/resolved.conf", new byte[] {(byte) 0xff, 0});
                })
                .with("resolved.conf: nested without end", workspace -> {
                    begun(workspace);
                    workspace.text("run/resolved.conf", "a " + "{ b ".repeat(100_000));
                })
                .with("resolved.conf: 3 GB", workspace -> {
                    begun(workspace);
                    workspace.length("run/resolved.conf", 3L << 30);
                })
                .cases();
    }

    private static final String[] READING = {"application", "data: tokens of 1 files", "model: hash of 2 files"};

    /** What is noticed only when the data and the model have been read. */
    static List<BadInput> altered() {
        return new BadInput.Area("run directory: behind its settings", READING)
                .with("a run whose data has changed", workspace -> {
                    begun(workspace);
                    Files.writeString(
                            workspace.path("data.jsonl"),
                            "{\"input_ids\": [1, 2, 3]}\n",
                            java.nio.file.StandardOpenOption.APPEND);
                })
                .with("a run whose model has changed", workspace -> {
                    begun(workspace);
                    byte[] weights = Files.readAllBytes(workspace.path("model/model.safetensors"));
                    weights[weights.length - 1] ^= 1;
                    workspace.bytes("model/model.safetensors", weights);
                })
                .with("tsd/start.safetensors: not one", workspace -> {
                    begun(workspace, "adapter.method = pissa");
                    workspace.text("run/tsd/start.safetensors", "nothing");
                })
                .with("tsd/start.safetensors: other targets", workspace -> {
                    begun(workspace, "adapter.method = pissa");
                    tensors(workspace, "run/tsd/start.safetensors", Map.of(), NamedTensor.of("a", new float[1], 1));
                })
                .with("tsd/boundary.safetensors: directions that there are not", workspace -> {
                    checkpoint(workspace, PARAMETERS, 2, 2);
                    tensors(
                            workspace,
                            "run/tsd/boundary.safetensors",
                            Map.of(),
                            NamedTensor.of("a.sigma", new float[2], 2),
                            NamedTensor.of("a.change_rate", new float[2], 2),
                            NamedTensor.of("a.directions", new long[] {1L << 40}, 1));
                })
                .with("tsd/boundary.safetensors: rates of another length", workspace -> {
                    checkpoint(workspace, PARAMETERS, 2, 2);
                    tensors(
                            workspace,
                            "run/tsd/boundary.safetensors",
                            Map.of(),
                            NamedTensor.of("a.sigma", new float[2], 2),
                            NamedTensor.of("a.change_rate", new float[3], 3),
                            NamedTensor.of("a.directions", new long[] {0}, 1));
                })
                .with("a checkpoint of fewer parameters", workspace -> checkpoint(workspace, PARAMETERS - 1, 2, 2))
                .with("a checkpoint beyond the run's end", workspace -> checkpoint(workspace, PARAMETERS, 1000, 1000))
                .with(
                        "a checkpoint whose best state has fewer parameters",
                        workspace -> measured(workspace, 2, PARAMETERS - 1))
                .with(
                        "a checkpoint whose best state is of a later step",
                        workspace -> measured(workspace, 3, PARAMETERS))
                .with(
                        "a checkpoint of directions of another target",
                        workspace -> checkpoint(
                                workspace,
                                PARAMETERS,
                                2,
                                2,
                                NamedTensor.of("a.directions", new long[] {0}, 1),
                                NamedTensor.of("a.u", new float[1], 1, 1),
                                NamedTensor.of("a.v", new float[1], 1, 1)))
                .cases();
    }

    /** A run's directory as the job leaves it when it has begun. */
    static void begun(Workspace workspace, String... settings) throws IOException {
        for (String setting : settings) {
            workspace.set(setting);
        }
        Files.createDirectories(workspace.path("run"));
        Files.createDirectories(workspace.path("run/checkpoints"));
        Files.createDirectories(workspace.path("run/tsd"));
        Files.writeString(
                workspace.path("begun.conf"), "include \"right.conf\"\n" + String.join("\n", settings) + "\n");
        Configuration hadoop = new Configuration();
        Settings given =
                new SettingsReader(hadoop).read(workspace.path("begun.conf").toString(), List.of());
        org.apache.hadoop.fs.Path model =
                new org.apache.hadoop.fs.Path(given.model().path());
        Map<String, String> hashes = new LinkedHashMap<>();
        hashes.put(
                given.model().path(),
                ModelHash.of(model, List.of(new org.apache.hadoop.fs.Path(model, "model.safetensors")), hadoop));
        String data = given.data().train().get(0);
        hashes.put(data, Sha256.of(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(data)));
        Files.writeString(workspace.path("run/resolved.conf"), SettingsText.of(given, Map.of("hashes", hashes)));
    }

    private static void altered(Workspace workspace, String from, String to) throws IOException {
        begun(workspace);
        String text = Files.readString(workspace.path("run/resolved.conf"));
        if (!text.contains(from)) {
            throw new AssertionError("no " + from + " in " + text);
        }
        workspace.text("run/resolved.conf", text.replace(from, to));
    }

    /** A run with one checkpoint, which has the name that goes with what it holds. */
    static void checkpoint(Workspace workspace, int parameters, int step, int name, NamedTensor... more)
            throws IOException {
        begun(workspace);
        kept(workspace, parameters, step, name, Map.of(), more);
    }

    /** A run with a checkpoint of step 2 that has measured on held-out records, and how many parameters of the best state. */
    static void measured(Workspace workspace, int bestStep, int bestParameters) throws IOException {
        begun(workspace, "validation { hold-out = 1, every-rounds = 1, patience = 2 }");
        Map<String, String> best =
                Map.of("best_step", String.valueOf(bestStep), "best_cost", "2.5", "without_improvement", "0");
        kept(
                workspace,
                PARAMETERS,
                2,
                2,
                best,
                NamedTensor.of("best_parameters", new float[bestParameters], bestParameters));
    }

    private static void kept(
            Workspace workspace, int parameters, int step, int name, Map<String, String> best, NamedTensor... more)
            throws IOException {
        List<NamedTensor> tensors = new ArrayList<>();
        for (String vector : List.of("parameters", "first_moments", "second_moments")) {
            tensors.add(NamedTensor.of(vector, new float[parameters], parameters));
        }
        tensors.addAll(List.of(more));
        Map<String, String> metadata = new LinkedHashMap<>(Map.of(
                "round",
                "1",
                "step",
                String.valueOf(step),
                "cursor",
                "4",
                "groups",
                "[{\"name\":\"factors\",\"size\":%d,\"first_step\":0,\"learning_rate\":2.0E-4,\"decays\":true}]"
                        .formatted(parameters),
                "weight",
                "10",
                "seed",
                "42"));
        metadata.putAll(best);
        tensors(workspace, "run/checkpoints/aside", metadata, tensors.toArray(NamedTensor[]::new));
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(
                workspace.path("run/checkpoints/aside").toUri());
        String hash = Sha256.of(Fixtures.localFiles(), file).substring(0, 32);
        Files.move(
                workspace.path("run/checkpoints/aside"),
                workspace.path("run/checkpoints/step-%09d.%s.safetensors".formatted(name, hash)));
    }

    private static void tensors(Workspace workspace, String name, Map<String, String> metadata, NamedTensor... tensors)
            throws IOException {
        try (OutputStream out = Files.newOutputStream(workspace.path(name))) {
            SafetensorsWriter.write(out, metadata, List.of(tensors));
        }
    }
}
