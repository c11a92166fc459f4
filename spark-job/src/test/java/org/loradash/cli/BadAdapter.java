package org.loradash.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Adapters to start from that are wrong, or made to do harm. */
final class BadAdapter {
    private static final String CONFIG = "adapter/adapter_config.json";
    private static final String WEIGHTS = "adapter/adapter_model.safetensors";
    private static final String FACTOR = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    private BadAdapter() {}

    static List<BadInput> cases() {
        BadInput.Area area = new BadInput.Area("adapter to start from");
        for (String entry : List.of(
                "r: 8",
                "r: -1",
                "r: \"four\"",
                "r: 99999999999",
                "lora_alpha: 9",
                "lora_alpha: \"NaN\"",
                "lora_alpha: null",
                "peft_type: \"IA3\"",
                "use_dora: true",
                "use_rslora: \"yes\"",
                "lora_bias: true",
                "bias: \"all\"",
                "megatron_config: {\"tensor_model_parallel_size\": 2}",
                "trainable_token_indices: [3, 5]",
                "target_parameters: [\"mlp.experts.gate_up_proj\"]",
                "rank_pattern: {\"q_proj\": 8}",
                "alpha_pattern: {\"q_proj\": 1e300}",
                "rank_pattern: {\"(\": 8}",
                "modules_to_save: [\"lm_head\"]",
                "init_lora_weights: \"pissa\"",
                "init_lora_weights: \"loftq\"",
                "target_modules: \"[\"",
                "target_modules: \".*up_proj\"")) {
            String[] parts = entry.split(": ", 2);
            area.with("`\"" + parts[0] + "\": " + parts[1] + "`", workspace -> {
                from(workspace);
                workspace.json(CONFIG, config -> config.set(parts[0], Workspace.parsed(parts[1])));
            });
        }
        return area.with("no directory", workspace -> {
                    from(workspace);
                    Workspace.delete(workspace.path("adapter"));
                })
                .with("no adapter_config.json", workspace -> {
                    from(workspace);
                    Files.delete(workspace.path(CONFIG));
                })
                .with("no weights", workspace -> {
                    from(workspace);
                    Files.delete(workspace.path(WEIGHTS));
                })
                .with("weights that PyTorch has not pickled, under that name", workspace -> {
                    from(workspace);
                    Files.move(workspace.path(WEIGHTS), workspace.path("adapter/adapter_model.bin"));
                })
                .with("adapter_config.json that is not JSON", workspace -> {
                    from(workspace);
                    workspace.text(CONFIG, "{");
                })
                .with("a pattern of 100,000 open brackets", workspace -> {
                    from(workspace);
                    workspace.json(CONFIG, config -> ((ObjectNode) config.putObject("rank_pattern"))
                            .put("(".repeat(100_000), 1));
                })
                .with("a pattern without end", workspace -> {
                    from(workspace);
                    workspace.json(CONFIG, config -> ((ObjectNode) config.putObject("rank_pattern"))
                            .put("(([a-z.0-9_]+)+)+!", 1));
                })
                .with("a target too few", workspace -> {
                    from(workspace);
                    workspace.set("adapter.targets = [q_proj, k_proj, v_proj, up_proj, down_proj, o_proj]");
                })
                .with("a target too many", workspace -> {
                    from(workspace);
                    workspace.set("adapter.targets = [q_proj, k_proj, v_proj, up_proj]");
                })
                .with("another rank", workspace -> {
                    from(workspace);
                    workspace.set("adapter.rank = 8");
                })
                .with("another alpha", workspace -> {
                    from(workspace);
                    workspace.set("adapter.alpha = 16");
                })
                .with("a factor of another shape", workspace -> {
                    from(workspace);
                    workspace.header(WEIGHTS, header -> ((ObjectNode) header.get(FACTOR))
                            .set("shape", Workspace.parsed("[32, 4]")));
                })
                .with("a factor of integers", workspace -> {
                    from(workspace);
                    workspace.header(WEIGHTS, header -> ((ObjectNode) header.get(FACTOR)).put("dtype", "I32"));
                })
                .with("a factor of NaN", workspace -> {
                    from(workspace);
                    byte[] bytes = Files.readAllBytes(workspace.path(WEIGHTS));
                    java.util.Arrays.fill(bytes, bytes.length - 64, bytes.length, (byte) 0xff);
                    workspace.bytes(WEIGHTS, bytes);
                })
                .with("weights that are cut", workspace -> {
                    from(workspace);
                    workspace.length(WEIGHTS, 1000);
                })
                .cases();
    }

    private static void from(Workspace workspace) throws IOException {
        workspace.set("adapter.start-from = \"" + workspace.path("adapter") + "\"");
    }
}
