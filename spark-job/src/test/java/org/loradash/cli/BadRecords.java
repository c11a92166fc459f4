package org.loradash.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.util.List;

/** Records that are wrong, or made to do harm. */
final class BadRecords {
    private static final String[] TOKENISING = {"application", "data: tokens of 1 files"};
    private static final String GOOD = "{\"input_ids\": [1, 2, 3]}\n";

    private BadRecords() {}

    static List<BadInput> files() {
        return new BadInput.Area("data: its files")
                .with("no file", workspace -> Files.delete(workspace.path("data.jsonl")))
                .with("an empty directory", workspace -> {
                    Files.createDirectory(workspace.path("empty"));
                    workspace.set("data.train = \"" + workspace.path("empty") + "\"");
                })
                .with(
                        "a pattern of no file",
                        workspace -> workspace.set("data.train = \"" + workspace.path("*.csv") + "\""))
                .with("an unknown file system", workspace -> workspace.set("data.train = \"nowhere://host/a.json\""))
                .with(
                        "one of two is missing",
                        workspace -> workspace.set("data.train = [\"" + workspace.path("data.jsonl") + "\", \""
                                + workspace.path("b.jsonl") + "\"]"))
                .cases();
    }

    static List<BadInput> heldOut() {
        String[] jobs = {TOKENISING[0], TOKENISING[1], "validation: tokens of 1 files"};
        return new BadInput.Area("data: held-out records", jobs)
                .with("no file", workspace -> validation(workspace, "held-out.jsonl"))
                .with("an empty directory", workspace -> {
                    Files.createDirectory(workspace.path("empty"));
                    validation(workspace, "empty");
                })
                .with("nothing", workspace -> heldOut(workspace, ""))
                .with("`{\"input_ids\": [1, 150]}`", workspace -> heldOut(workspace, "{\"input_ids\": [1, 150]}"))
                .with("more tokens than the model has positions", workspace -> {
                    workspace.set("data.cutoff = 1000");
                    heldOut(workspace, "{\"input_ids\": [1" + ",1".repeat(300) + "]}");
                })
                .with("as many as there are to train on", workspace -> {
                    workspace.records(GOOD.repeat(8));
                    workspace.set("validation.hold-out = 8");
                })
                .cases();
    }

    private static void heldOut(Workspace workspace, String records) throws IOException {
        workspace.text("held-out.jsonl", records);
        validation(workspace, "held-out.jsonl");
    }

    private static void validation(Workspace workspace, String file) {
        workspace.set("validation.data = \"" + workspace.path(file) + "\"");
    }

    static List<BadInput> tokens() {
        BadInput.Area area = new BadInput.Area("data: records of tokens", TOKENISING);
        for (String record : List.of(
                "{\"input_ids\": [1, 150]}",
                "{\"input_ids\": [1, -1]}",
                "{\"input_ids\": [1, 99999999999999999999]}",
                "{\"input_ids\": [1, 2.5]}",
                "{\"input_ids\": [1, \"2\"]}",
                "{\"input_ids\": [1, null]}",
                "{\"input_ids\": [1, [2]]}",
                "{\"input_ids\": [1]}",
                "{\"input_ids\": []}",
                "{\"input_ids\": 5}",
                "{\"labels\": [1, 2]}",
                "{}",
                "{\"input_ids\": [1, 2], \"labels\": [1]}",
                "{\"input_ids\": [1, 2], \"labels\": [1, 150]}",
                "{\"input_ids\": [1, 2], \"labels\": [1, -100]}",
                "{\"input_ids\": [1, 2], \"labels\": [1, 2], \"labels\": [1, 3]}",
                "{\"input_ids\": [1, 2, 3], \"attention_mask\": [1, 0, 1]}",
                "{\"input_ids\": [1, 2, 3], \"attention_mask\": [0, 0, 1]}",
                "{\"input_ids\": [1, 2, 3], \"attention_mask\": [1, 1, 0.5]}",
                "{\"input_ids\": [1, 2, 3], \"position_ids\": [2, 1, 0]}",
                "[1, 2]",
                "\"text\"",
                "5",
                "{\"input_ids\": [1, 2",
                "{\"input_ids\": [1, 2]} trailing",
                "{input_ids: [1, 2]}")) {
            area.with("`" + record + "` on line 2", workspace -> workspace.records(GOOD + record + "\n"));
        }
        return area.with("a checksum file of other records", workspace -> workspace.checksum("data.jsonl"))
                .with("nothing", workspace -> workspace.records(""))
                .with("blank lines", workspace -> workspace.records("\n\n\n"))
                .with("an empty array", workspace -> workspace.records("[]"))
                .with("comma-separated values", workspace -> workspace.records("a,b\n1,2\n"))
                .with(
                        "bytes that are not UTF-8",
                        workspace -> workspace.bytes(
                                "data.jsonl", new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'}))
                .with(
                        "UTF-16",
                        workspace -> workspace.bytes(
                                "data.jsonl",
                                "{\"input_ids\": [1, 200]}".getBytes(java.nio.charset.StandardCharsets.UTF_16)))
                .with("zeros", workspace -> workspace.bytes("data.jsonl", new byte[1000]))
                .with(
                        "what gzip makes",
                        workspace -> workspace.bytes(
                                "data.jsonl", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0}))
                .with("a million open brackets", workspace -> workspace.records("{\"a\":" + "[".repeat(1_000_000)))
                .with(
                        "a record of 70 MB, its name one long word",
                        workspace -> record(workspace, "{\"", "x", 70_000_000, "\": 1, \"input_ids\": [1, 2]}"))
                .with(
                        "a text of 70 MB",
                        workspace -> record(workspace, "{\"a\": \"", "x", 70_000_000, "\", \"input_ids\": [1, 2]}"))
                .with("a number of 11 MB", workspace -> record(workspace, "{\"input_ids\": [", "1", 11_000_000, "]}"))
                .with(
                        "a record of 35 million tokens",
                        workspace -> record(workspace, "{\"input_ids\": [1", ",1", 70_000_000, "]}"))
                .with("names that all have the same hash", workspace -> workspace.records(collisions()))
                .with("more tokens than the model has positions", workspace -> {
                    workspace.set("data.cutoff = 1000");
                    workspace.records("{\"input_ids\": [1" + ",1".repeat(300) + "]}");
                })
                .cases();
    }

    static List<BadInput> instructions() {
        BadInput.Area area = new BadInput.Area("data: records of instructions", TOKENISING);
        for (String record : List.of(
                "{\"instruction\": \"Say yes.\"}",
                "{\"output\": \"yes\"}",
                "{\"instruction\": 5, \"output\": \"yes\"}",
                "{\"instruction\": \"Say yes.\", \"output\": [\"yes\"]}",
                "{\"instruction\": \"Say yes.\", \"output\": null}",
                "{\"instruction\": \"Say yes.\", \"input\": {}, \"output\": \"yes\"}",
                "{\"instruction\": \"\\ud800\", \"output\": \"yes\"}",
                "{\"instruction\": \"Say yes.\", \"system\": \"Be brief.\", \"output\": \"yes\"}",
                "{\"instruction\": \"Say yes.\", \"output\": \"no\", \"output\": \"yes\"}",
                "{\"prompt\": \"Say yes.\", \"completion\": \"yes\"}",
                "\"Say yes.\"")) {
            area.with("`" + record + "`", workspace -> {
                workspace.instructions();
                workspace.text("data.json", "[" + record + "]");
            });
        }
        return area.with("an array that is not closed", workspace -> {
                    workspace.instructions();
                    workspace.text("data.json", "[{\"instruction\": \"a\", \"output\": \"b\"}");
                })
                .with("prompts that leave no room for a response", workspace -> {
                    workspace.instructions();
                    workspace.set("data { cutoff = 4, train-on-inputs = false }");
                })
                .with("a tokenizer of more tokens than the model has", workspace -> {
                    workspace.instructions();
                    workspace.text(
                            "model/tokenizer.json",
                            Files.readString(workspace.path("model/tokenizer.json"))
                                    .replaceFirst("\"!\": ?\\d+", "\"!\": 99999"));
                    workspace.text("data.json", "[{\"instruction\": \"!!!\", \"output\": \"!\"}]");
                })
                .with("records of tokens", workspace -> {
                    workspace.instructions();
                    workspace.set("data.train = \"" + workspace.path("data.jsonl") + "\"");
                })
                .cases();
    }

    static List<BadInput> texts() {
        BadInput.Area area = new BadInput.Area("data: records of texts", TOKENISING);
        for (String record : List.of(
                "{\"text\": \"water\"}",
                "{\"label\": \"yes\"}",
                "{\"text\": null, \"label\": \"yes\"}",
                "{\"text\": 5, \"label\": \"yes\"}",
                "{\"text\": \"water\", \"label\": [1]}",
                "{\"text\": \"water\", \"label\": \"maybe\"}",
                "{\"text\": \"water\", \"label\": 2}",
                "{\"text\": \"water\", \"label\": \"\"}",
                "{\"text\": \"\\ud800\", \"label\": 1}")) {
            area.with("`" + record + "`", workspace -> workspace.texts("data.jsonl", record));
        }
        return area.with("a line with too few columns", workspace -> workspace.texts("a.tsv", "text\tlabel\nwater\n"))
                .with("no such column", workspace -> workspace.texts("a.tsv", "sentence\tlabel\nwater\tyes\n"))
                .with("a column's name where there is no header", workspace -> {
                    workspace.texts("a.tsv", "water\tyes\n");
                    workspace.set("data.header = false");
                })
                .with("a comma without quotes", workspace -> workspace.texts("a.csv", "text,label\nwater, too,yes\n"))
                .with("semicolons for commas", workspace -> workspace.texts("a.csv", "text;label\nwater;yes\n"))
                .with("a header alone", workspace -> workspace.texts("a.csv", "text,label\n"))
                .with("nothing in CSV", workspace -> workspace.texts("a.csv", ""))
                .with("a quote that is not closed", workspace -> workspace.texts("a.csv", "text,label\n\"water,yes\n"))
                .with("a quote within a value", workspace -> workspace.texts("a.csv", "text,label\nwa\"ter,yes\n"))
                .with("a name that does not say what it is", workspace -> workspace.texts("a.txt", "text,label\n"))
                .with("a text as Parquet", workspace -> workspace.texts("a.parquet", "text,label\nwater,yes\n"))
                .with("a text as gzip", workspace -> workspace.texts("a.csv.gz", "text,label\nwater,yes\n"))
                .with("a text as zstd", workspace -> workspace.texts("a.csv.zst", "text,label\nwater,yes\n"))
                .with("a text as ORC", workspace -> workspace.texts("a.orc", "text,label\nwater,yes\n"))
                .with("a line of 70 MB", workspace -> {
                    workspace.texts("a.tsv", "");
                    try (Writer out = Files.newBufferedWriter(workspace.path("a.tsv"))) {
                        out.write("text\tlabel\n");
                        for (int i = 0; i < 70; i++) {
                            out.write("x\t".repeat(50) + "x".repeat(999_900));
                        }
                    }
                })
                .with("a number to be learnt that is none", workspace -> {
                    workspace.texts("a.tsv", "text\tlabel\nwater\tmuch\n");
                    workspace.configuration("include \"right.conf\"\n");
                    workspace.set("task.kind = regression, adapter.targets = [query, value]");
                    workspace.set("data { train = \"" + workspace.path("a.tsv") + "\", format = text, cutoff = 16 }");
                })
                .with("more special tokens than the cut-off", workspace -> {
                    workspace.texts("a.tsv", "text\tlabel\nwater\tyes\n");
                    workspace.set("data.cutoff = 3");
                })
                .with("a tokenizer of more tokens than the model has", workspace -> {
                    workspace.texts("a.tsv", "text\tlabel\nwater\tyes\n");
                    workspace.text("model/vocab.txt", "x\n".repeat(99) + "water\n[CLS]\n[SEP]\n[PAD]\n[UNK]\n[MASK]\n");
                })
                .with("instructions", workspace -> {
                    workspace.texts("a.tsv", "text\tlabel\nwater\tyes\n");
                    workspace.set("data.format = instruction");
                })
                .with("texts for a decoder", workspace -> workspace.set("data.format = text"))
                .cases();
    }

    private static void record(Workspace workspace, String begin, String repeated, int characters, String end)
            throws IOException {
        String block = repeated.repeat(1_000_000 / repeated.length());
        try (Writer out = new BufferedWriter(Files.newBufferedWriter(workspace.path("data.jsonl")))) {
            out.write(begin);
            for (int written = 0; written < characters; written += block.length()) {
                out.write(block);
            }
            out.write(end);
        }
    }

    /** Strings of Aa and BB, of which String.hashCode makes the same number. */
    private static String collisions() {
        StringBuilder record = new StringBuilder("{");
        for (int i = 0; i < 1 << 14; i++) {
            record.append('"');
            for (int bit = 0; bit < 14; bit++) {
                record.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            record.append("\":null,");
        }
        return record.append("\"input_ids\": [1, 200]}").toString();
    }
}
