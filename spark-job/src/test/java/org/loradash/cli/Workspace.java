package org.loradash.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.loradash.Fixtures;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.cli.Tsd;
import org.loradash.tsd.io.Sha256;

/** A directory with all that a small run needs, and a command that would do it: something in it is going to be broken. */
final class Workspace {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Line 1 of the configuration includes what is right; what a case sets is on line 2 and after. */
    private static final String INCLUDE = "include \"right.conf\"\n";

    private final Path directory;
    private List<String> arguments = new ArrayList<>(List.of("train"));
    private String configuration = INCLUDE;
    private String program = "lora-dash";
    private boolean hasBegun;

    /** @param directory new or empty */
    Workspace(Path directory) throws IOException {
        this.directory = directory;
        TrainedRun.copy(Fixtures.path("golden/lora/model"), path("model"));
        TrainedRun.copy(Fixtures.path("golden/lora/final"), path("adapter"));
        Files.copy(Fixtures.path("golden/lora/data.jsonl"), path("data.jsonl"));
        Files.writeString(path("right.conf"), right());
        arguments.add(path("job.conf").toString());
    }

    private String right() {
        return """
                run.output = "%1$s/run"
                model.path = "%1$s/model"
                data { train = "%1$s/data.jsonl", format = tokens, shuffle = false }
                adapter { rank = 4, alpha = 8, targets = [q_proj, k_proj, v_proj, up_proj, down_proj] }
                dash { directions = 2, pre-launch-steps = 2 }
                training { batch-size = 2, steps = 4, local-steps = 2 }
                spark { extraListeners = %2$s }
                """
                        .formatted(directory, JobLog.class.getName())
                + TrainCommandLine.SPARK;
    }

    /** A file or directory of the workspace. */
    Path path(String name) {
        return directory.resolve(name);
    }

    /** Adds to the configuration; a later line goes before an earlier one. */
    void set(String lines) {
        configuration += lines + "\n";
    }

    /** The configuration as a whole. */
    void configuration(String text) {
        configuration = text;
    }

    /** One more line of what is right. */
    void right(String line) throws IOException {
        Files.writeString(path("right.conf"), line + "\n", StandardOpenOption.APPEND);
    }

    /** What is right, without the lines that hold a text. */
    void without(String text) throws IOException {
        List<String> lines = Files.readAllLines(path("right.conf"));
        Files.write(
                path("right.conf"),
                lines.stream().filter(line -> !line.contains(text)).toList());
    }

    /** More arguments of the command. */
    void arguments(String... more) {
        arguments.addAll(List.of(more));
    }

    /** The whole command line. */
    void command(String... all) {
        arguments = new ArrayList<>(List.of(all));
    }

    /** The analysis in place of the job. */
    void analysis(String... all) {
        program = "tsd";
        command(all);
    }

    /** The model and records with a tokenizer. */
    void instructions() throws IOException {
        delete(path("model"));
        TrainedRun.copy(Fixtures.path("tiny-llama/model"), path("model"));
        text("data.json", "[{\"instruction\": \"Say yes.\", \"output\": \"yes\"}]");
        set("data { train = \"" + path("data.json") + "\", format = instruction }");
    }

    /** A model with a chat template, and a conversation of it. */
    void chats(String template, String record) throws IOException {
        instructions();
        text("model/chat_template.jinja", template);
        text("data.jsonl", record + "\n");
        set("data { train = \"" + path("data.jsonl") + "\", format = chat }");
    }

    /** An encoder with a tokenizer as older directories have it, and records of texts with one of two classes. */
    void texts(String file, String records) throws IOException {
        delete(path("model"));
        TrainedRun.copy(Fixtures.path("golden/bert/model"), path("model"));
        text("model/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nwater\nlight\nsoil\nthe\n##s\n");
        text(file, records);
        set("task { kind = classification, labels = [no, yes] }, adapter.targets = [query, value]");
        set("data { train = \"" + path(file) + "\", format = text, cutoff = 16 }");
    }

    /** A pipeline of diffusers, and latents to train its U-Net on. */
    void pipeline() throws IOException {
        delete(path("model"));
        TrainedRun.copy(Fixtures.path("golden/sdxl-tiny/model"), path("model"));
        Files.copy(Fixtures.path("golden/sdxl-tiny/data.safetensors"), path("data.safetensors"));
        set("task.kind = denoising, adapter.targets = [to_q, to_v]");
        set("data { train = \"" + path("data.safetensors") + "\", format = latents }");
    }

    void text(String name, String text) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    void bytes(String name, byte[] bytes) throws IOException {
        Files.write(path(name), bytes);
    }

    /** Records in the format of tokens. */
    void records(String text) throws IOException {
        text("data.jsonl", text);
    }

    void json(String name, Consumer<ObjectNode> change) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(path(name).toFile());
        change.accept(json);
        Files.write(path(name), JSON.writeValueAsBytes(json));
    }

    /** Changes one key of config.json. */
    void config(String key, String value) throws IOException {
        json("model/config.json", config -> config.set(key, parsed(value)));
    }

    static com.fasterxml.jackson.databind.JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Changes the header of a safetensors file, and leaves its data. */
    void header(String name, Consumer<ObjectNode> change) throws IOException {
        ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(path(name))).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) old.getLong(0);
        ObjectNode header = (ObjectNode) JSON.readTree(old.array(), Long.BYTES, length);
        change.accept(header);
        headerText(name, header.toString());
    }

    /** Puts a text in place of the header of a safetensors file, and leaves its data. */
    void headerText(String name, String text) throws IOException {
        ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(path(name))).order(ByteOrder.LITTLE_ENDIAN);
        int data = Long.BYTES + (int) old.getLong(0);
        byte[] header = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length + old.capacity() - data)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).put(old.array(), data, old.capacity() - data);
        Files.write(path(name), bytes.array());
    }

    /** Puts a checksum file beside a file, as Hadoop keeps one, but of other bytes. */
    void checksum(String name) throws IOException {
        Path file = path(name);
        Files.write(
                file.resolveSibling("." + file.getFileName() + ".crc"),
                new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 2, 3, 4});
    }

    /** Makes a file that long; what is added takes no room on the disk. */
    void length(String name, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path(name).toFile(), "rw")) {
            file.setLength(length);
        }
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /**
     * What a command came to.
     *
     * @param errors lines of the error stream, with the workspace's directory left out of the names
     */
    record Ended(int status, List<String> errors, Map<String, String> before, Map<String, String> after) {}

    Ended run() throws IOException {
        Files.writeString(path("job.conf"), configuration);
        StringWriter err = new StringWriter();
        PrintWriter out = new PrintWriter(new StringWriter());
        PrintWriter errors = new PrintWriter(err, true);
        String[] given = arguments.toArray(String[]::new);
        hasBegun = Files.exists(path("run/resolved.conf"));
        Map<String, String> before = tree();
        int status = program.equals("tsd")
                ? Tsd.run(given, out, errors)
                : LoraDash.run(given, out, errors, TrainingJob::run);
        List<String> lines = err.toString()
                .lines()
                .map(line -> line.replace("file://" + directory + "/", "")
                        .replace("file:" + directory + "/", "")
                        .replace(directory + "/", "")
                        .replace(directory.toString(), "."))
                .toList();
        return new Ended(status, lines, before, tree());
    }

    /** Every file of the workspace and what it holds, but for the tokens of a run, which every start makes anew. */
    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                String name = directory.relativize(file).toString();
                if (!(name.equals("run/tokens") || name.startsWith("run/tokens/")) || !hasBegun) {
                    tree.put(name, content(file));
                }
            }
        }
        return tree;
    }

    private static String content(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "link to " + Files.readSymbolicLink(file);
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            return "directory";
        }
        // One that takes no room is long and empty: its length tells enough.
        long length = Files.size(file);
        return length > 1 << 26
                ? length + " bytes"
                : Sha256.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    }
}
