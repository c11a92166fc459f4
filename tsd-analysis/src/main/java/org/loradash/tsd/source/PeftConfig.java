package org.loradash.tsd.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.Message;

/**
 * What adapter_config.json says of a plain LoRA.
 *
 * @param rank r, where no pattern says otherwise
 * @param alpha lora_alpha, likewise
 * @param rootScale whether the scale is alpha / sqrt(r), as rsLoRA has it (arXiv 2312.03732), and not alpha / r
 * @param transposed whether W may lie inputs x outputs in the model's files, which is so of layers that are no linear ones
 * @param ranks by pattern of module name, in the file's order: the first that matches counts
 * @param alphas likewise
 * @param targets the layers that have factors
 * @param modulesToSave names, or endings of names, of modules that were trained whole
 * @param classifies whether the task is classification, where PEFT adds the names that heads usually have to those given
 */
public record PeftConfig(
        int rank,
        double alpha,
        boolean rootScale,
        boolean transposed,
        Map<Pattern, Integer> ranks,
        Map<Pattern, Double> alphas,
        PeftTargets targets,
        List<String> modulesToSave,
        boolean classifies) {
    private static final int LONGEST = 1 << 20;
    private static final int MOST_PATTERNS = 10_000;

    /** The task_type of classifiers of texts and of tokens. */
    private static final Set<String> CLASSIFIERS = Set.of("SEQ_CLS", "TOKEN_CLS");

    /** What PEFT adds to modules_to_save of a classifier, whether the model has it or not. */
    private static final Set<String> USUAL_HEADS = Set.of("classifier", "score");

    /** Variants whose change of W is not (alpha / r) B A, or that change something besides linear layers. */
    private static final List<String> NOT_PLAIN = List.of(
            "use_dora",
            "lora_bias",
            "use_qalora",
            "use_bdlora",
            "kasa_config",
            "monteclora_config",
            "velora_config",
            "arrow_config",
            "megatron_config",
            "alora_invocation_tokens",
            "layer_replication",
            "target_parameters",
            "trainable_token_indices",
            "ensure_weight_tying");

    /** Starts that take something out of W, so that the adapter belongs to the rest and not to the model. */
    private static final Pattern RESIDUAL = Pattern.compile("(?i)(pissa|olora|loftq|corda|lora_ga|milora).*");

    /** @throws InvalidInput where the file is missing, malformed, or not of a plain LoRA */
    public static PeftConfig read(FileSystem files, Path path) {
        JsonNode json = JsonFile.object(files, path, LONGEST);
        if (!json.path("peft_type").asText().equals("LORA")) {
            throw InvalidInput.of(path + ": peft_type", shown(json.path("peft_type")), "must be LORA");
        }
        for (String key : NOT_PLAIN) {
            JsonNode value = json.path(key);
            if (value.isContainerNode() ? !value.isEmpty() : value.asBoolean() || value.isTextual()) {
                throw InvalidInput.of(path + ": " + key, shown(value), "must be absent or false: only plain LoRA");
            }
        }
        String bias = json.path("bias").asText("none");
        if (!bias.equals("none")) {
            throw InvalidInput.of(path + ": bias", Message.oneLine(bias), "must be none: only plain LoRA");
        }
        JsonNode start = json.path("init_lora_weights");
        if (start.isTextual() && RESIDUAL.matcher(start.asText()).matches()) {
            throw InvalidInput.of(
                    path + ": init_lora_weights",
                    shown(start),
                    "must not take a part out of W: convert the adapter to plain LoRA when saving it");
        }
        return new PeftConfig(
                rank(path + ": r", json.path("r")),
                alpha(path + ": lora_alpha", json.path("lora_alpha")),
                flag(path + ": use_rslora", json.path("use_rslora")),
                flag(path + ": fan_in_fan_out", json.path("fan_in_fan_out")),
                patterns(path + ": rank_pattern", json.path("rank_pattern"), PeftConfig::rank),
                patterns(path + ": alpha_pattern", json.path("alpha_pattern"), PeftConfig::alpha),
                PeftTargets.read(path.toString(), json),
                modulesToSave(path + ": modules_to_save", json.path("modules_to_save")),
                CLASSIFIERS.contains(json.path("task_type").asText()));
    }

    private static boolean flag(String where, JsonNode json) {
        if (!json.isMissingNode() && !json.isNull() && !json.isBoolean()) {
            throw InvalidInput.of(where, shown(json), "must be true or false");
        }
        return json.asBoolean();
    }

    private static List<String> modulesToSave(String where, JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return List.of();
        }
        List<String> modules = new ArrayList<>();
        for (JsonNode module : json.isArray() ? json : List.of(json)) {
            if (!module.isTextual() || module.asText().isEmpty()) {
                throw InvalidInput.of(where, shown(json), "must be a list of names of modules");
            }
            modules.add(module.asText());
        }
        return List.copyOf(modules);
    }

    /** The names of which there must be a module. */
    List<String> modulesThatMustBeSaved() {
        return modulesToSave.stream()
                .filter(saved -> !classifies || !USUAL_HEADS.contains(saved))
                .toList();
    }

    /** Whether a module, or one that it is part of, was trained whole: its name ends with one of the names, as in PEFT. */
    public boolean trainsWhole(String module) {
        return modulesToSave.stream().anyMatch(saved -> trainsWhole(saved, module));
    }

    /** Whether one of the names means a module, or one that it is part of. */
    static boolean trainsWhole(String saved, String module) {
        for (int end = module.length(); end > 0; end = module.lastIndexOf('.', end - 1)) {
            if (module.substring(0, end).endsWith(saved)) {
                return true;
            }
        }
        return false;
    }

    /** Whether target_modules means a layer, by its name in the model. */
    public boolean names(String module) {
        return targets.selects(module);
    }

    /** r of a module; its name is that in the model. */
    public int rankOf(String module) {
        return first(ranks, module, rank);
    }

    /** What B A of a module is multiplied by: alpha / r, or alpha / sqrt(r). */
    public double scaleOf(String module) {
        int own = rankOf(module);
        return first(alphas, module, alpha) / (rootScale ? Math.sqrt(own) : own);
    }

    /** Whether r and lora_alpha hold for all modules, and the scale is alpha / r. */
    public boolean isOfOneScale() {
        return ranks.isEmpty() && alphas.isEmpty() && !rootScale;
    }

    private static <T> T first(Map<Pattern, T> patterns, String module, T otherwise) {
        for (Map.Entry<Pattern, T> entry : patterns.entrySet()) {
            if (matches(entry.getKey(), module)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    static boolean matches(Pattern pattern, String module) {
        try {
            return pattern.matcher(new Patient(module)).lookingAt();
        } catch (StackOverflowError e) {
            throw InvalidInput.of(
                    "an expression of adapter_config.json",
                    Message.oneLine(pattern.pattern()),
                    "must match in few steps");
        }
    }

    private interface Reading<T> {
        T of(String where, JsonNode value);
    }

    private static <T> Map<Pattern, T> patterns(String where, JsonNode json, Reading<T> reading) {
        if (!json.isObject() && !json.isMissingNode() && !json.isNull()) {
            throw InvalidInput.of(where, shown(json), "must be an object from module names to numbers");
        }
        Map<Pattern, T> patterns = new LinkedHashMap<>();
        json.fields().forEachRemaining(entry -> {
            String key = Message.oneLine(entry.getKey());
            // As peft.utils.other.get_pattern_key has it.
            Pattern pattern = compiled(where, entry.getKey(), "(?:.*\\.)?(?:%s)$");
            patterns.put(pattern, reading.of(where + ": " + key, entry.getValue()));
        });
        if (patterns.size() > MOST_PATTERNS) {
            throw InvalidInput.of(where, patterns.size() + " patterns", "must be at most " + MOST_PATTERNS);
        }
        return patterns;
    }

    /** A regular expression of the file, which is Python's, inside of another one. */
    static Pattern compiled(String where, String given, String within) {
        String named = given.replace("(?P<", "(?<").replaceAll("\\(\\?P=(\\w+)\\)", "\\\\k<$1>");
        try {
            return Pattern.compile(within.replace("%s", named));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw InvalidInput.of(where, Message.oneLine(given), "must be the regular expression of module names");
        }
    }

    private static int rank(String where, JsonNode value) {
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 1) {
            throw InvalidInput.of(where, shown(value), "must be a positive integer");
        }
        return value.asInt();
    }

    private static double alpha(String where, JsonNode value) {
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw InvalidInput.of(where, shown(value), "must be a number");
        }
        return value.asDouble();
    }

    static String shown(JsonNode value) {
        return value.isMissingNode() ? "absent" : Message.oneLine(value.toString());
    }

    /** A name that can be looked at only so often: a hostile expression may need time without end. */
    static final class Patient implements CharSequence {
        private static final int MOST_LOOKS = 1_000_000;

        private final String name;
        private int looks;

        Patient(String name) {
            this.name = name;
        }

        @Override
        public char charAt(int index) {
            if (++looks > MOST_LOOKS) {
                throw InvalidInput.of("adapter_config.json", "an expression without end", "must match in few steps");
            }
            return name.charAt(index);
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.substring(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
