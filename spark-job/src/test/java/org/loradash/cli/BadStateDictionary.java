package org.loradash.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.loradash.Fixtures;

/** Files of torch.save that are wrong, or made to do harm. */
final class BadStateDictionary {
    private static final String WEIGHTS = "model/pytorch_model.bin";

    private BadStateDictionary() {}

    static List<BadInput> cases() {
        return new BadInput.Area("model: pytorch_model.bin")
                .with("nothing", workspace -> {
                    place(workspace);
                    workspace.length(WEIGHTS, 0);
                })
                .with("cut in its data", workspace -> {
                    place(workspace);
                    workspace.length(WEIGHTS, 100_000);
                })
                .with("a byte too long", workspace -> workspace.length(WEIGHTS, Files.size(place(workspace)) + 1))
                .with("what Git keeps in place of a large file", workspace -> {
                    place(workspace);
                    workspace.text(WEIGHTS, "version https://git-lfs.github.com/spec/v1\n");
                })
                .with("3 GB of nothing", workspace -> {
                    place(workspace);
                    workspace.text(WEIGHTS, "");
                    workspace.length(WEIGHTS, 3L << 30);
                })
                .with("a pickle that would run a command", replaced("collections\nOrderedDict", "posix\nsystem"))
                .with("a pickle that would make any object", replaced("collections\nOrderedDict", "builtins\ngetattr"))
                .with("numbers of a type that is not read", replaced("FloatStorage", "QInt8Storage"))
                .with("numbers of another type", replaced("FloatStorage", "LongStorage"))
                .with("a text of 2 GB", replaced("X\7\0\0\0storage", "X\u00ff\u00ff\u00ff\u007fstorage"))
                .with("a number of 200 bytes", replaced("X\7\0\0\0storage", "\u008a\u00c8\0\0\0storage"))
                .with("a value that was never kept", replaced("X\7\0\0\0storage", "j\7\0\0\0storage"))
                .with("an opcode that torch.save does not write", replaced("X\7\0\0\0storage", "i\7\0\0\0storage"))
                .with("a newer protocol", replaced("\u0080\2}", "\u0080\5}"))
                .with("a shape that is larger than the storage", replaced("K\u0096K \u0086", "K\u00ffK \u0086"))
                .with("a shape that is another", replaced("K\u0096K \u0086", "KKK@\u0086"))
                .with("strides that leave the storage", replaced("K K\1\u0086", "K K\u00ff\u0086"))
                .with("numbers in another order of bytes", replaced("little", "big   "))
                .with("storages under another name", replaced("/data/0", "/date/0"))
                .with("no pickle", replaced("data.pkl", "data.txt"))
                .with("an entry that is compressed", directory(10, "\u0008\0"))
                .with("an entry of 4 GB", directory(20, "\u00fe\u00ff\u00ff\u00ff\u00fe\u00ff\u00ff\u00ff"))
                .with(
                        "an entry of 2^63 bytes without saying so",
                        directory(20, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"))
                .with("an entry that lies elsewhere", directory(42, "\u0010\0\0\0"))
                .with("an index that names a file of safetensors", workspace -> {
                    Files.move(workspace.path("model/model.safetensors"), workspace.path("model/other.safetensors"));
                    workspace.text(
                            WEIGHTS + ".index.json",
                            "{\"weight_map\": {\"model.norm.weight\": \"other.safetensors\"}}");
                })
                .cases();
    }

    /** Puts the model's weights as torch.save writes them in the place of its safetensors. */
    private static Path place(Workspace workspace) throws IOException {
        Files.delete(workspace.path("model/model.safetensors"));
        return Files.copy(Fixtures.path("torch/pytorch_model.bin"), workspace.path(WEIGHTS));
    }

    /** A piece of the file that becomes another one wherever it is; spaces make it as long. */
    private static BadInput.Breaking replaced(String piece, String other) {
        return workspace -> {
            String padded = other + " ".repeat(piece.length() - other.length());
            write(workspace, text(place(workspace)).replace(piece, padded));
        };
    }

    /** What the zip file's directory says of its first entry, from a byte on. */
    private static BadInput.Breaking directory(int at, String other) {
        return workspace -> {
            StringBuilder text = new StringBuilder(text(place(workspace)));
            int from = text.indexOf("PK\1\2") + at;
            write(workspace, text.replace(from, from + other.length(), other).toString());
        };
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static void write(Workspace workspace, String text) throws IOException {
        workspace.bytes(WEIGHTS, text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
