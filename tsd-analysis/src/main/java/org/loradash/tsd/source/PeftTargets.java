package org.loradash.tsd.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.loradash.tsd.InvalidInput;

/**
 * Which layers of a model an adapter's config names, as {@code check_target_module_exists} of PEFT has it.
 *
 * @param named by target_modules: whole names or endings at a dot, or a regular expression; nothing where it is absent, or all
 *     linear layers are meant
 * @param excluded by exclude_modules, likewise
 * @param whole names in target_modules that are those of layers as they stand, which layers_to_transform does not leave out
 * @param layers the numbers that layers_to_transform gives; nothing where it is absent
 * @param numbered finds a layer's number in its name, as layers_pattern says: the first that does
 */
record PeftTargets(
        Optional<Predicate<String>> named,
        Optional<Predicate<String>> excluded,
        Set<String> whole,
        Optional<List<Integer>> layers,
        List<Pattern> numbered) {
    private static final Pattern NUMBER = Pattern.compile(".*?\\.[^.]*\\.(\\d{1,9})\\.");

    static PeftTargets read(String where, JsonNode config) {
        JsonNode targets = config.path("target_modules");
        boolean all = targets.asText().equalsIgnoreCase("all-linear");
        List<Pattern> numbered = new ArrayList<>();
        for (String pattern : texts(where + ": layers_pattern", config.path("layers_pattern"))) {
            numbered.add(
                    PeftConfig.compiled(where + ": layers_pattern", pattern, "(?:^|.*?\\.)(?:%s)\\.(\\d{1,9})\\."));
        }
        return new PeftTargets(
                all ? Optional.empty() : names(where + ": target_modules", targets),
                names(where + ": exclude_modules", config.path("exclude_modules")),
                targets.isArray() ? Set.copyOf(texts(where + ": target_modules", targets)) : Set.of(),
                layers(where + ": layers_to_transform", config.path("layers_to_transform")),
                numbered.isEmpty() ? List.of(NUMBER) : numbered);
    }

    private static Optional<Predicate<String>> names(String where, JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return Optional.empty();
        }
        if (json.isTextual()) {
            Pattern pattern = PeftConfig.compiled(where, json.asText(), "(?:%s)$");
            return Optional.of(module -> PeftConfig.matches(pattern, module));
        }
        List<String> names = texts(where, json);
        return Optional.of(
                module -> names.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name)));
    }

    private static List<String> texts(String where, JsonNode json) {
        List<String> texts = new ArrayList<>();
        if (json.isMissingNode() || json.isNull()) {
            return texts;
        }
        for (JsonNode text : json.isArray() ? json : List.of(json)) {
            if (!text.isTextual()) {
                throw InvalidInput.of(where, PeftConfig.shown(json), "must be a name or a list of names");
            }
            texts.add(text.asText());
        }
        return texts;
    }

    private static Optional<List<Integer>> layers(String where, JsonNode json) {
        if (json.isMissingNode() || json.isNull() || json.isArray() && json.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> layers = new ArrayList<>();
        for (JsonNode layer : json.isArray() ? json : List.of(json)) {
            if (!layer.isIntegralNumber() || !layer.canConvertToInt()) {
                throw InvalidInput.of(where, PeftConfig.shown(json), "must be a layer's number or a list of them");
            }
            layers.add(layer.asInt());
        }
        return Optional.of(layers);
    }

    /** Whether the config says at all which layers, and does not mean all linear ones. */
    boolean isGiven() {
        return named.isPresent();
    }

    boolean selects(String module) {
        if (excluded.filter(names -> names.test(module)).isPresent()) {
            return false;
        }
        if (named.isEmpty()) {
            return true;
        }
        return whole.contains(module)
                || named.get().test(module)
                        && layers.map(chosen -> chosen.contains(layer(module))).orElse(true);
    }

    private int layer(String module) {
        for (Pattern pattern : numbered) {
            Matcher found = pattern.matcher(new PeftConfig.Patient(module));
            if (found.lookingAt()) {
                return Integer.parseInt(found.group(1));
            }
        }
        return -1;
    }
}
