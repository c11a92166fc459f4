package org.loradash.cli;

import java.util.List;

/** Mistakes in a configuration, and on the command line. */
final class BadSettings {
    private BadSettings() {}

    static List<BadInput> values() {
        return new BadInput.Area("configuration: values")
                .setting("run.output = \"\"")
                .setting("run.output = [a]")
                .setting("model.path = null")
                .setting("model.storage = int4")
                .setting("data.train = []")
                .setting("data.train = [a, 1, {}]")
                .setting("data.format = csv")
                .setting("data.source = excel")
                .setting("data.header = 1")
                .setting("data.columns.text = [a, b]")
                .setting("data.columns.texts = a")
                .setting("data.cutoff = 1")
                .setting("data.cutoff = 1e7")
                .setting("data.train-on-inputs = yes")
                .setting("data.shuffle = 1")
                .setting("data.packing = []")
                .setting("data.share-prefixes = 2")
                .setting("adapter.method = dora")
                .setting("adapter.rank = 0")
                .setting("adapter.rank = 2.5")
                .setting("adapter.rank = 99999999999999999999")
                .setting("adapter.rank = many")
                .setting("adapter.alpha = 0")
                .setting("adapter.alpha = NaN")
                .setting("adapter.alpha = 1e999")
                .setting("adapter.dropout = 1")
                .setting("adapter.dropout = -0.1")
                .setting("adapter.targets = [q_proj, q_proj]")
                .setting("adapter.targets = \"q_proj,\"")
                .setting("adapter.start-from = \"\"")
                .setting("dash.on = maybe")
                .setting("dash.directions = 0")
                .setting("dash.choose = best")
                .setting("dash.pre-launch-steps = 0")
                .setting("dash.pre-launch-steps = soon")
                .setting("dash.auto.check-every = 0")
                .setting("dash.auto.overlap = 1.1")
                .setting("dash.auto.least-steps = -1")
                .setting("dash.auto.most-steps = 2000000000")
                .setting("dash.track-every = -1")
                .setting("dash.epsilon = 0")
                .setting("dash.cache = \" \"")
                .setting("checkpoint.every-rounds = -1")
                .setting("checkpoint.keep = 0")
                .setting("training.workers = 0")
                .setting("training.workers = 65537")
                .setting("training.local-steps = 0")
                .setting("training.batch-size = 0")
                .setting("training.steps = 0")
                .setting("training.learning-rate = -1")
                .setting("training.schedule = step")
                .setting("training.warmup-steps = -1")
                .setting("training.weight-decay = -0.1")
                .setting("training.beta1 = 1")
                .setting("training.beta2 = -1")
                .setting("training.epsilon = 0")
                .setting("training.gradient-clipping = -1")
                .setting("training.seed = 0.5")
                .setting("training.averaging = median")
                .setting("training.slice-tokens = 0")
                .setting("training.recompute = on")
                .setting("training.arithmetic = float16")
                .setting("validation.data = []")
                .setting("validation.hold-out = 0")
                .setting("validation.records = -1")
                .setting("validation.every-rounds = 0")
                .setting("validation.figure = recall")
                .setting("validation.patience = -1")
                .setting("tracking.mlflow.uri = \"sqlite:///mlflow.db\"")
                .setting("tracking.mlflow.uri = \"localhost:5000\"")
                .setting("tracking.mlflow.uri = \"http://me:hush@host:5000\"")
                .setting("tracking.mlflow.experiment = \"\"")
                .setting("tracking.mlflow.run-name = [a, b]")
                .with(
                        "a value of a million characters",
                        workspace -> workspace.set("model.storage = \"" + "x".repeat(1_000_000) + "\""))
                .with(
                        "a value of control characters and line ends",
                        workspace -> workspace.set("adapter.method = \"\\u001b[31m\\nlora\\r\\u2028\""))
                .cases();
    }

    static List<BadInput> keys() {
        return new BadInput.Area("configuration: keys")
                .setting("adapter.rnak = 8")
                .setting("adaptor { rank = 8 }")
                .setting("rank = 8")
                .setting("learning_rate = 1")
                .setting("completely.different = 1")
                .setting("\"a\\nb\" = 1")
                .setting("adapter = 8")
                .setting("training { steps { a = 1 } }")
                .setting("model { path { a = b } }")
                .setting("sweep = []")
                .with("no `model.path`", workspace -> workspace.without("model.path"))
                .with("no `data.train`", workspace -> workspace.without("data"))
                .with("no `run.output`", workspace -> workspace.without("run.output"))
                .with("an empty file", workspace -> workspace.configuration(""))
                .cases();
    }

    static List<BadInput> combinations() {
        return new BadInput.Area("configuration: what does not go together")
                .setting("training.epochs = 1")
                .with(
                        "neither `training.steps` nor `training.epochs`",
                        workspace -> workspace.set("training.steps = null"))
                .setting("adapter.method = lora-dash, dash.on = false")
                .setting("adapter.method = full, model.storage = nf4")
                .setting("dash { pre-launch-steps = auto, auto { least-steps = 9, most-steps = 8 } }")
                .setting("validation.every-rounds = 2")
                .setting("validation.records = 8")
                .setting("validation.patience = 3")
                .setting("validation.figure = loss")
                .setting("validation { hold-out = 2, figure = accuracy }")
                .setting("validation { data = held-out.jsonl, hold-out = 2 }")
                .setting("adapter.targets = [qkv_proj]")
                .setting("adapter.targets = [\"attn.q_proj\"]")
                .setting("task.train = [lm_heads]")
                .setting("adapter.rank = 33")
                .setting("dash.directions = 33")
                .with(
                        "`adapter.method = full` and `adapter.start-from`",
                        workspace -> workspace.set(
                                "adapter { method = full, start-from = \"" + workspace.path("adapter") + "\" }"))
                .with(
                        "`adapter.method = pissa` and `adapter.start-from`",
                        workspace -> workspace.set(
                                "adapter { method = pissa, start-from = \"" + workspace.path("adapter") + "\" }"))
                .cases();
    }

    static List<BadInput> syntax() {
        return new BadInput.Area("configuration: HOCON")
                .setting("adapter { rank = 8")
                .setting("adapter.rank = 8 }")
                .setting("adapter.rank = \"8")
                .setting("= 8")
                .setting("adapter.rank == 8")
                .setting("adapter.rank = ${nothing}")
                .setting("adapter.rank = ${adapter.rank}0")
                .setting("a = ${b}, b = ${a}")
                .with("100,000 open brackets", workspace -> workspace.set("a = " + "[".repeat(100_000)))
                .with("100,000 open braces", workspace -> workspace.set("a " + "{ b ".repeat(100_000)))
                .setting("include \"absent.conf\"")
                .setting("include \"job.conf\"")
                .setting("include url(\"http://127.0.0.1:1/a.conf\")")
                .setting("include classpath(\"reference.conf\")")
                .setting("include required(file(\"absent.conf\"))")
                .setting("include file(\"/etc\")")
                .with("bytes that are not UTF-8", workspace -> {
                    workspace.bytes("latin.conf", new byte[] {'a', '=', (byte) 0xe9});
                    workspace.command("train", workspace.path("latin.conf").toString());
                })
                .with("a file of zeros", workspace -> {
                    workspace.bytes("zeros.conf", new byte[100]);
                    workspace.command("train", workspace.path("zeros.conf").toString());
                })
                .with("a file of 3 GB", workspace -> {
                    workspace.length("long.conf", 3L << 30);
                    workspace.command("train", workspace.path("long.conf").toString());
                })
                .with(
                        "a directory in its place",
                        workspace -> workspace.command(
                                "train", workspace.path("model").toString()))
                .with(
                        "a file that is not there",
                        workspace -> workspace.command(
                                "train", workspace.path("none.conf").toString()))
                .with(
                        "a file system that Hadoop does not know",
                        workspace -> workspace.command("train", "nowhere://host/job.conf"))
                .with("a URI without its host", workspace -> workspace.command("train", "hdfs:///job.conf"))
                .with("a path with an empty scheme", workspace -> workspace.command("train", "://job.conf"))
                .cases();
    }

    static List<BadInput> spark() {
        return new BadInput.Area("configuration: Spark's properties")
                .setting("spark = 4")
                .setting("spark.master = nonsense")
                .setting("spark.master = \"local[99999999999]\"")
                .setting("spark.master = \"local[0]\"")
                .setting("spark.task.cpus = 0")
                .setting("spark.task.cpus = few")
                .setting("spark.task.cpus = 64")
                .setting("spark.driver.maxResultSize = [1]")
                .setting("spark.kryoserializer.buffer.max = 9000g")
                .setting("spark.kryoserializer.buffer.max = much")
                .setting("spark.kryo.registrationRequired = false")
                .setting("spark.kryo.registrator = \"no.such.Registrator\"")
                .setting("spark.serializer = org.apache.spark.serializer.JavaSerializer")
                .setting("spark.extraListeners = \"no.such.Listener\"")
                .setting("spark { \"a.b\" = 1, a.b = 2 }")
                .setting("spark.hadoop.fs.defaultFS = \"nowhere://host\", run.output = \"/relative\"")
                .cases();
    }

    static List<BadInput> commandLine() {
        return new BadInput.Area("command line")
                .with("no command", workspace -> workspace.command())
                .with("`tain job.conf`", workspace -> workspace.command("tain", "job.conf"))
                .with("`train`", workspace -> workspace.command("train"))
                .with("`train a.conf b.conf`", workspace -> workspace.command("train", "a.conf", "b.conf"))
                .with("`train job.conf --sett a=b`", workspace -> workspace.arguments("--sett", "a=b"))
                .with("`train job.conf --set`", workspace -> workspace.arguments("--set"))
                .with("`train job.conf --set adapter.rank`", workspace -> workspace.arguments("--set", "adapter.rank"))
                .with("`--set adapter.rank=0`", workspace -> workspace.arguments("--set", "adapter.rank=0"))
                .with("`--set adapter.rnak=4`", workspace -> workspace.arguments("--set", "adapter.rnak=4"))
                .with("`--set =4`", workspace -> workspace.arguments("--set", "=4"))
                .with("`--set adapter..rank=4`", workspace -> workspace.arguments("--set", "adapter..rank=4"))
                .with("`--set adapter.targets=[a`", workspace -> workspace.arguments("--set", "adapter.targets=[a"))
                .with(
                        "`--set model.path=${nothing}`",
                        workspace -> workspace.arguments("--set", "model.path=${nothing}"))
                .with("`train \"\"`", workspace -> workspace.command("train", ""))
                .cases();
    }
}
