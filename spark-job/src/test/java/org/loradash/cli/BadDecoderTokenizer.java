package org.loradash.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import org.loradash.Fixtures;

/** Decoders' tokenizers that are no tokenizer.json, and what would do harm inside of one. */
final class BadDecoderTokenizer {
    private BadDecoderTokenizer() {}

    static List<BadInput> cases() {
        return new BadInput.Area("model: tokenizer.model of a decoder")
                .with(
                        "no SentencePiece model, but LLaMA 3's ranks",
                        workspace -> pieces(workspace, "IQ== 0\n".getBytes()))
                .with("nothing in it", workspace -> pieces(workspace, new byte[0]))
                .with(
                        "a model of words",
                        workspace -> pieces(workspace, HexFormat.of().parseHex("0a030a016112021803")))
                .with(
                        "a piece with an endless score",
                        workspace -> pieces(workspace, HexFormat.of().parseHex("0a080a0161150000807f")))
                .with(
                        "a piece of 300 letters",
                        workspace -> pieces(workspace, HexFormat.of().parseHex("0aaf020aac02" + "61".repeat(300))))
                .with("40 MB of it", workspace -> {
                    pieces(workspace, new byte[0]);
                    workspace.length("model/tokenizer.model", 40 << 20);
                })
                .with("a class that has another one", workspace -> {
                    whole(workspace);
                    workspace.text("model/tokenizer_config.json", "{\"tokenizer_class\": \"CpmTokenizer\"}");
                })
                .with("a beginning that may be", workspace -> {
                    whole(workspace);
                    workspace.text(
                            "model/tokenizer_config.json",
                            "{\"tokenizer_class\": \"LlamaTokenizer\", \"add_bos_token\": \"maybe\"}");
                })
                .with("an added token without a number", workspace -> {
                    whole(workspace);
                    workspace.text(
                            "model/tokenizer_config.json",
                            "{\"added_tokens_decoder\": {\"next\": {\"content\": \"a\"}}}");
                })
                .with("merges.txt with three in a line", workspace -> {
                    bytes(workspace);
                    workspace.text("model/merges.txt", "a b\na b c\n");
                })
                .with("merges.txt of what vocab.json has not", workspace -> {
                    bytes(workspace);
                    workspace.text("model/merges.txt", "quite another\n");
                })
                .with("tokenizer.json with a map of characters that leads outside", workspace -> {
                    workspace.instructions();
                    String json = Files.readString(workspace.path("model/tokenizer.json"));
                    workspace.text(
                            "model/tokenizer.json",
                            json.replaceFirst(
                                    "\"normalizer\": *null",
                                    "\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"BAAAAP///z8=\"}"));
                })
                .cases();
    }

    private static void pieces(Workspace workspace, byte[] model) throws IOException {
        workspace.instructions();
        Files.delete(workspace.path("model/tokenizer.json"));
        workspace.bytes("model/tokenizer.model", model);
    }

    private static void whole(Workspace workspace) throws IOException {
        pieces(workspace, Files.readAllBytes(Fixtures.path("tokenizers/decoder-pairs/tokenizer.model")));
    }

    private static void bytes(Workspace workspace) throws IOException {
        workspace.instructions();
        Files.delete(workspace.path("model/tokenizer.json"));
        for (String name : List.of("vocab.json", "merges.txt")) {
            Files.copy(Fixtures.path("tokenizers/decoder-bytes/" + name), workspace.path("model/" + name));
        }
        workspace.text("model/tokenizer_config.json", "{\"tokenizer_class\": \"Qwen2Tokenizer\"}");
    }
}
