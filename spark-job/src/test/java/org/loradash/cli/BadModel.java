package org.loradash.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;

/** Model directories that are wrong, or made to do harm. */
final class BadModel {
    private static final String WEIGHTS = "model/model.safetensors";
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    private BadModel() {}

    static List<BadInput> directory() {
        return new BadInput.Area("model: its files")
                .with("no directory", workspace -> Workspace.delete(workspace.path("model")))
                .with("a file in its place", workspace -> {
                    Workspace.delete(workspace.path("model"));
                    workspace.text("model", "");
                })
                .with("an unknown file system", workspace -> workspace.set("model.path = \"nowhere://host/model\""))
                .with("a URI without its host", workspace -> workspace.set("model.path = \"hdfs:///model\""))
                .with("a folder of the hub's cache with two snapshots and no refs/main", workspace -> {
                    Files.createDirectories(workspace.path("models--org--name/snapshots/0123"));
                    Files.createDirectories(workspace.path("models--org--name/snapshots/4567"));
                    workspace.set("model.path = \"" + workspace.path("models--org--name") + "\"");
                })
                .with("no config.json", workspace -> Files.delete(workspace.path("model/config.json")))
                .with("no weights", workspace -> Files.delete(workspace.path(WEIGHTS)))
                .with("a directory in place of the weights", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    Files.createDirectory(workspace.path(WEIGHTS));
                })
                .with("a link that leads nowhere in place of the weights", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    Files.createSymbolicLink(workspace.path(WEIGHTS), workspace.path("absent"));
                })
                .with("an index and no shard", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    index(workspace, "model-1.safetensors");
                })
                .with("an index that names ../adapter/adapter_model.safetensors", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    index(workspace, "../adapter/adapter_model.safetensors");
                })
                .with("an index that names an absolute path", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    index(workspace, "/etc/model.safetensors");
                })
                .with("an index that names a URI", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    index(workspace, "http://host/model.safetensors");
                })
                .with("an index that names a tensor that the shard has not", workspace -> {
                    Files.move(workspace.path(WEIGHTS), workspace.path("model/model-1.safetensors"));
                    index(workspace, "model-1.safetensors", QUERY, "no.such.weight");
                })
                .with("an index whose weight_map is a list", workspace -> {
                    Files.delete(workspace.path(WEIGHTS));
                    workspace.text("model/model.safetensors.index.json", "{\"weight_map\": []}");
                })
                .cases();
    }

    private static void index(Workspace workspace, String shard, String... tensors) throws IOException {
        ObjectNode index = (ObjectNode) Workspace.parsed("{}");
        ObjectNode map = index.putObject("weight_map");
        map.put("model.norm.weight", shard);
        for (String tensor : tensors) {
            map.put(tensor, shard);
        }
        workspace.text("model/model.safetensors.index.json", index.toString());
    }

    static List<BadInput> config() {
        BadInput.Area area = new BadInput.Area("model: config.json");
        for (String entry : List.of(
                "hidden_size = 0",
                "hidden_size = -32",
                "hidden_size = 1099511627776",
                "hidden_size = 16777216",
                "hidden_size = \"32\"",
                "hidden_size = 32.5",
                "hidden_size = null",
                "vocab_size = 16777216",
                "num_hidden_layers = 2147483647",
                "num_hidden_layers = 16777216",
                "num_attention_heads = 5",
                "num_key_value_heads = 3",
                "head_dim = 7",
                "head_dim = 16777216",
                "intermediate_size = 16777216",
                "max_position_embeddings = 0",
                "rms_norm_eps = -1",
                "rms_norm_eps = \"NaN\"",
                "rope_theta = 0",
                "rope_parameters = []",
                "rope_parameters = {\"rope_type\": \"yarn\"}",
                "rope_parameters = {\"rope_type\": {}}",
                "rope_parameters = {\"rope_type\": \"llama3\", \"factor\": 0}",
                "architectures = [\"GPT2LMHeadModel\"]",
                "architectures = [\"Gemma3ForConditionalGeneration\"]",
                "hidden_act = mish",
                "hidden_act = {}",
                "hidden_act = null",
                "model_type = \"mistral\"",
                "rms_norm_eps = null",
                "attention_multiplier = 0.1",
                "sliding_window = 4096",
                "layer_types = [\"sliding_attention\"]",
                "rope_scaling = {\"type\": \"linear\", \"factor\": -2}",
                "rope_parameters = {\"rope_type\": \"proportional\"}",
                "rope_parameters = {\"rope_type\": \"longrope\", \"short_factor\": [1], \"long_factor\": 1}",
                "rope_parameters = {\"rope_type\": \"default\", \"factor\": 2}",
                "auto_map = {\"AutoModel\": \"modeling.Other\"}",
                "attention_bias = true",
                "quantization_config = {\"bits\": 4}",
                "tie_word_embeddings = \"no\"")) {
            String[] parts = entry.split(" = ");
            String value = parts[1].equals("mish") ? "\"mish\"" : parts[1];
            area.with("`\"" + parts[0] + "\": " + value + "`", workspace -> {
                if (parts[0].startsWith("rope_theta")) {
                    workspace.json("model/config.json", config -> config.remove("rope_parameters"));
                }
                workspace.config(parts[0], value);
            });
        }
        for (String other : List.of(
                "Mistral, mistral, sliding_window = 0",
                "Qwen2, qwen2, head_dim = null",
                "Qwen3, qwen3, layer_types = [\"sliding_attention\"]",
                "Gemma2, gemma2, sliding_window = null",
                "Gemma2, gemma2, use_bidirectional_attention = true",
                "Gemma3, gemma3_text, attn_logit_softcapping = 50.0",
                "Phi3, phi3, partial_rotary_factor = 2",
                "Granite, granite, logits_scaling = 0",
                "Olmo2, olmo2, clip_qkv = 8.0",
                "SmolLM3, smollm3, no_rope_layers = [1]")) {
            String[] parts = other.split(", | = ", 4);
            area.with("`\"" + parts[2] + "\": " + parts[3] + "` of " + parts[0] + "ForCausalLM", workspace -> {
                workspace.json("model/config.json", config -> config.remove("rope_parameters"));
                workspace.config("architectures", "[\"" + parts[0] + "ForCausalLM\"]");
                workspace.config("model_type", "\"" + parts[1] + "\"");
                workspace.config(parts[2], parts[3]);
            });
        }
        return area.with("nothing", workspace -> workspace.text("model/config.json", ""))
                .with("not JSON", workspace -> workspace.text("model/config.json", "hidden_size: 32"))
                .with("cut in the middle", workspace -> {
                    String whole = Files.readString(workspace.path("model/config.json"));
                    workspace.text("model/config.json", whole.substring(0, whole.length() / 2));
                })
                .with(
                        "the number NaN",
                        workspace -> workspace.text(
                                "model/config.json",
                                Files.readString(workspace.path("model/config.json"))
                                        .replace("1e-05", "NaN")))
                .with(
                        "a key twice",
                        workspace -> workspace.text(
                                "model/config.json",
                                Files.readString(workspace.path("model/config.json"))
                                        .replaceFirst("\\{", "{\"hidden_size\": 64,")))
                .with(
                        "something after its end",
                        workspace -> workspace.text(
                                "model/config.json", Files.readString(workspace.path("model/config.json")) + "{}"))
                .with(
                        "bytes that are not UTF-8",
                        workspace -> workspace.bytes(
                                "model/config.json", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
                .with(
                        "100,000 open brackets",
                        workspace -> workspace.text("model/config.json", "{\"a\":" + "[".repeat(100_000)))
                .with(
                        "a number of a million digits",
                        workspace ->
                                workspace.text("model/config.json", "{\"hidden_size\":" + "9".repeat(1_000_000) + "}"))
                .with(
                        "a text of ten million characters as a size",
                        workspace -> workspace.text(
                                "model/config.json",
                                "{\"architectures\": [\"LlamaForCausalLM\"], \"hidden_size\": \""
                                        + "x".repeat(10_000_000) + "\"}"))
                .with("3 GB", workspace -> workspace.length("model/config.json", 3L << 30))
                .cases();
    }

    static List<BadInput> weights() {
        return new BadInput.Area("model: safetensors")
                .with("nothing", workspace -> workspace.length(WEIGHTS, 0))
                .with("cut in the length of its header", workspace -> workspace.length(WEIGHTS, 5))
                .with("cut in its header", workspace -> workspace.length(WEIGHTS, 100))
                .with("cut in its data", workspace -> workspace.length(WEIGHTS, 100_000))
                .with(
                        "a byte too long",
                        workspace -> workspace.length(WEIGHTS, Files.size(workspace.path(WEIGHTS)) + 1))
                .with("a header of 2^63 bytes", workspace -> prefix(workspace, Long.MIN_VALUE))
                .with("a header of 2^63 - 1 bytes", workspace -> prefix(workspace, Long.MAX_VALUE))
                .with("a header of 3 GB, in a file as long", workspace -> {
                    prefix(workspace, 3L << 30);
                    workspace.length(WEIGHTS, 4L << 30);
                })
                .with("a header that is not JSON", workspace -> workspace.headerText(WEIGHTS, "no header"))
                .with(
                        "a header of open brackets",
                        workspace -> workspace.headerText(WEIGHTS, "{\"a\":" + "[".repeat(100_000)))
                .with("a tensor twice", workspace -> workspace.headerText(WEIGHTS, "{\"a\": {}, \"a\": {}}"))
                .with("a type that nobody knows", workspace -> tensor(workspace, QUERY, t -> t.put("dtype", "F1")))
                .with("integers", workspace -> tensor(workspace, QUERY, t -> t.put("dtype", "I32")))
                .with(
                        "a shape of negative numbers",
                        workspace -> tensor(workspace, QUERY, t -> t.set("shape", Workspace.parsed("[-32, -32]"))))
                .with(
                        "a shape beyond 64 bits",
                        workspace -> tensor(
                                workspace, QUERY, t -> t.set("shape", Workspace.parsed("[4611686018427387904, 4]"))))
                .with(
                        "a shape of fractions",
                        workspace -> tensor(workspace, QUERY, t -> t.set("shape", Workspace.parsed("[32.0, 32]"))))
                .with(
                        "a shape that is another",
                        workspace -> tensor(workspace, QUERY, t -> t.set("shape", Workspace.parsed("[16, 64]"))))
                .with(
                        "offsets that overlap the next tensor's",
                        workspace -> tensor(workspace, QUERY, t -> {
                            ArrayNode offsets = (ArrayNode) t.get("data_offsets");
                            long end = offsets.get(1).asLong();
                            t.set("shape", Workspace.parsed("[32, 33]"));
                            offsets.set(1, Workspace.parsed(String.valueOf(end + 128)));
                        }))
                .with(
                        "offsets behind the file's end",
                        workspace -> tensor(workspace, "model.norm.weight", t -> {
                            t.set("data_offsets", Workspace.parsed("[1000000, 1000128]"));
                        }))
                .with(
                        "offsets that are swapped",
                        workspace -> tensor(workspace, QUERY, t -> {
                            ArrayNode offsets = (ArrayNode) t.get("data_offsets");
                            t.set("data_offsets", Workspace.parsed("[" + offsets.get(1) + "," + offsets.get(0) + "]"));
                        }))
                .with(
                        "a tensor that the model needs under another name",
                        workspace -> workspace.header(
                                WEIGHTS, header -> header.set("other", header.remove("model.norm.weight"))))
                .with(
                        "a bias that the model does not compute",
                        workspace -> workspace.header(WEIGHTS, header -> header.putObject(
                                        QUERY.replace("weight", "bias"))
                                .put("dtype", "F32")
                                .setAll((ObjectNode) Workspace.parsed("{\"shape\": [0], \"data_offsets\": [0, 0]}"))))
                .with(
                        "a name of control characters and line ends",
                        workspace -> workspace.header(
                                WEIGHTS,
                                header -> header.set(
                                        "\u001b\n\n", ((ObjectNode) header.remove(QUERY)).put("dtype", "F0"))))
                .cases();
    }

    static List<BadInput> values() {
        return new BadInput.Area(
                        "model: values of weights",
                        "application",
                        "data: tokens of 1 files",
                        "model: hash of 2 files",
                        "model: weights")
                .with("NaN", workspace -> value(workspace, QUERY, Float.NaN))
                .with(
                        "infinity in a vector",
                        workspace -> value(workspace, "model.norm.weight", Float.NEGATIVE_INFINITY))
                .with("100,000 in `model.storage = float16`", workspace -> {
                    workspace.set("model.storage = float16");
                    value(workspace, QUERY, 1e5f);
                })
                .with("3.4e38 in `model.storage = bfloat16`", workspace -> {
                    workspace.set("model.storage = bfloat16");
                    value(workspace, QUERY, 3.4e38f);
                })
                .with("3.4e38 in an embedding and `model.storage = nf4`", workspace -> {
                    workspace.set("model.storage = nf4");
                    value(workspace, "model.embed_tokens.weight", 3.4e38f);
                })
                .with("a checksum file of other weights", workspace -> workspace.checksum("model/model.safetensors"))
                .cases();
    }

    /** Puts a value in the place of a tensor's third. */
    private static void value(Workspace workspace, String tensor, float value) throws IOException {
        long[] begin = {0};
        workspace.header(
                WEIGHTS,
                header ->
                        begin[0] = header.get(tensor).get("data_offsets").get(0).asLong());
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(workspace.path(WEIGHTS))).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat((int) (Long.BYTES + bytes.getLong(0) + begin[0] + 2 * Float.BYTES), value);
        workspace.bytes(WEIGHTS, bytes.array());
    }

    private static void prefix(Workspace workspace, long headerLength) throws IOException {
        byte[] bytes = Files.readAllBytes(workspace.path(WEIGHTS));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, headerLength);
        workspace.bytes(WEIGHTS, bytes);
    }

    private static void tensor(Workspace workspace, String name, java.util.function.Consumer<ObjectNode> change)
            throws IOException {
        workspace.header(WEIGHTS, header -> change.accept((ObjectNode) header.get(name)));
    }

    static List<BadInput> olderTokenizers() {
        return new BadInput.Area("model: tokenizer without tokenizer.json")
                .with("none", workspace -> {
                    older(workspace, "vocab.txt", "");
                    Files.delete(workspace.path("model/vocab.txt"));
                })
                .with("a vocabulary that is not text", workspace -> {
                    older(workspace, "vocab.txt", "");
                    workspace.bytes("model/vocab.txt", new byte[] {(byte) 0xff, '\n'});
                })
                .with("40 MB", workspace -> {
                    older(workspace, "vocab.txt", "");
                    workspace.length("model/vocab.txt", 40 << 20);
                })
                .with(
                        "a flag that is none",
                        workspace -> older(workspace, "tokenizer_config.json", "{\"do_lower_case\": 1}"))
                .with(
                        "another kind's",
                        workspace ->
                                older(workspace, "tokenizer_config.json", "{\"tokenizer_class\": \"T5Tokenizer\"}"))
                .with(
                        "texts that lose their beginnings",
                        workspace -> older(workspace, "tokenizer_config.json", "{\"truncation_side\": \"left\"}"))
                .with(
                        "a special token that is none",
                        workspace -> older(workspace, "special_tokens_map.json", "{\"cls_token\": {\"content\": 1}}"))
                .with("a model of another kind with its file", workspace -> older(workspace, "spm.model", ""))
                .with("no SentencePiece model", workspace -> deberta(workspace, new byte[] {1, 2, 3}))
                .with(
                        "a SentencePiece model of byte pairs",
                        workspace -> deberta(workspace, HexFormat.of().parseHex("0a030a016112021802")))
                .with(
                        "a map of characters that leads outside",
                        workspace -> deberta(workspace, HexFormat.of().parseHex("0a030a01611a0a120804000000ffffff3f")))
                .cases();
    }

    private static void older(Workspace workspace, String name, String text) throws IOException {
        workspace.texts("a.tsv", "text\tlabel\nwater\tyes\n");
        workspace.text("model/" + name, text);
    }

    private static void deberta(Workspace workspace, byte[] model) throws IOException {
        older(workspace, "tokenizer_config.json", "{\"tokenizer_class\": \"DebertaV2Tokenizer\"}");
        workspace.bytes("model/spm.model", model);
    }

    static List<BadInput> tokenizer() {
        return new BadInput.Area("model: tokenizer")
                .with("no tokenizer.json", workspace -> {
                    workspace.instructions();
                    Files.delete(workspace.path("model/tokenizer.json"));
                })
                .with("nothing", workspace -> tokenizer(workspace, ""))
                .with("not JSON", workspace -> tokenizer(workspace, "no tokenizer"))
                .with("no model", workspace -> tokenizer(workspace, "{\"version\": \"1.0\"}"))
                .with(
                        "a model of another kind",
                        workspace -> tokenizer(workspace, "{\"version\": \"1.0\", \"model\": {\"type\": \"Magic\"}}"))
                .with("cut in the middle", workspace -> {
                    workspace.instructions();
                    String whole = Files.readString(workspace.path("model/tokenizer.json"));
                    workspace.text("model/tokenizer.json", whole.substring(0, whole.length() / 2));
                })
                .with(
                        "words without one for those that it does not know",
                        workspace -> tokenizer(
                                workspace,
                                """
                        {"version": "1.0", "model": {"type": "WordLevel", "vocab": {"yes": 0}, "unk_token": "[UNK]"}}"""))
                .with("100,000 open brackets", workspace -> tokenizer(workspace, "[".repeat(100_000)))
                .with("3 GB", workspace -> {
                    workspace.instructions();
                    workspace.length("model/tokenizer.json", 3L << 30);
                })
                .with("no end-of-text token anywhere", workspace -> {
                    workspace.instructions();
                    workspace.text("model/tokenizer_config.json", "{}");
                    workspace.json("model/config.json", config -> config.remove("eos_token_id"));
                    Files.delete(workspace.path("model/generation_config.json"));
                })
                .with("tokenizer_config.json that is not JSON", workspace -> {
                    workspace.instructions();
                    workspace.text("model/tokenizer_config.json", "{");
                })
                .with("an end-of-text token that is none", workspace -> {
                    workspace.instructions();
                    workspace.text("model/tokenizer_config.json", "{\"eos_token\": \"<|im_end|>\"}");
                })
                .with("an end-of-text token's number as a text", workspace -> {
                    workspace.instructions();
                    workspace.text("model/tokenizer_config.json", "{}");
                    workspace.config("eos_token_id", "\"2\"");
                })
                .with("a checksum file of another tokenizer", workspace -> {
                    workspace.instructions();
                    workspace.checksum("model/tokenizer.json");
                })
                .with("an end-of-text token beyond the vocabulary", workspace -> {
                    workspace.instructions();
                    workspace.text("model/tokenizer_config.json", "{}");
                    workspace.config("eos_token_id", "2147483647");
                })
                .cases();
    }

    private static void tokenizer(Workspace workspace, String text) throws IOException {
        workspace.instructions();
        workspace.text("model/tokenizer.json", text);
    }
}
