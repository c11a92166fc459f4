package org.loradash.config;

import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Settings as the text of a configuration file. */
public final class SettingsText {
    /** Spark's property for a pattern of what else is a secret, in names or values. */
    public static final String REDACTION = "spark.redaction.regex";

    /** What Spark redacts without it. */
    private static final Pattern SECRET =
            Pattern.compile("secret|password|token|access[.]?key", Pattern.CASE_INSENSITIVE);

    /** Sections that make no other run. */
    private static final List<String> FREE = List.of("run.", "checkpoint.", "evaluation.");

    private SettingsText() {}

    /**
     * Every setting in force as HOCON: reading it gives the same settings, but for Spark properties that hold secrets,
     * of which only the names are written, as comments.
     *
     * @param facts what else is known of the run, for example {@code versions} and {@code hashes}, each names to
     *     values; written under {@code resolved}, which a reader passes over
     */
    public static String of(Settings settings, Map<String, Map<String, String>> facts) {
        return of(settings, facts, "");
    }

    /** @param redaction {@link #REDACTION} as it is in force, or empty: what it matches is not written either */
    public static String of(Settings settings, Map<String, Map<String, String>> facts, String redaction) {
        StringBuilder text = new StringBuilder("# Every setting in force. This file is a configuration too.\n");
        String section = "";
        for (Key<?> key : Keys.ALL) {
            String itsSection = key.name().substring(0, key.name().indexOf('.'));
            if (!itsSection.equals(section)) {
                text.append(section.isEmpty() ? "" : "}\n").append(itsSection).append(" {\n");
                section = itsSection;
            }
            String name = key.name().substring(section.length() + 1);
            key.text(settings).ifPresent(value -> assign(text, "  ", name, value));
        }
        text.append("}\n");
        spark(text, settings.spark(), redaction.isEmpty() ? SECRET : Pattern.compile(redaction));
        facts(text, facts);
        return text.toString();
    }

    /** Every setting in force by its key, in the order of the keys; Spark's properties are not among them. */
    public static Map<String, String> table(Settings settings) {
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.forEach(key -> key.text(settings).ifPresent(text -> table.put(key.name(), text)));
        return table;
    }

    /**
     * The first setting, in the order of the keys, that would make another run of the same directory: all but where the
     * run lies, how often it is kept, how it is evaluated afterwards, and Spark's properties.
     *
     * @param begun the settings that the run began with
     * @param given those it is to go on with
     * @return for example {@code adapter.rank: 8 (must be 16, ...)}
     */
    public static Optional<String> difference(Settings begun, Settings given) {
        for (Key<?> key : Keys.ALL) {
            boolean free = FREE.stream().anyMatch(section -> key.name().startsWith(section));
            String before = key.text(begun).orElse("absent");
            String now = key.text(given).orElse("absent");
            if (!free && !before.equals(now)) {
                return Optional.of(
                        "%s: %s (must be %s, with which the run in run.output began; or give another run.output)"
                                .formatted(key.name(), now, before));
            }
        }
        return Optional.empty();
    }

    private static void spark(StringBuilder text, Map<String, String> properties, Pattern redaction) {
        Predicate<String> secret = SECRET.asPredicate().or(redaction.asPredicate());
        if (properties.isEmpty()) {
            return;
        }
        text.append("spark {\n");
        properties.forEach((name, value) -> {
            String rest = ConfigUtil.quoteString(name.substring(GivenValues.SPARK.length() + 1));
            if (secret.test(name) || secret.test(value)) {
                text.append("  # ").append(rest).append(" may hold a secret: give it again\n");
            } else {
                assign(text, "  ", rest, ConfigUtil.quoteString(value));
            }
        });
        text.append("}\n");
    }

    private static void facts(StringBuilder text, Map<String, Map<String, String>> facts) {
        if (facts.isEmpty()) {
            return;
        }
        text.append(GivenValues.RESOLVED).append(" {\n");
        facts.forEach((group, values) -> {
            text.append("  ").append(ConfigUtil.quoteString(group)).append(" {\n");
            values.forEach(
                    (name, value) -> assign(text, "    ", ConfigUtil.quoteString(name), ConfigUtil.quoteString(value)));
            text.append("  }\n");
        });
        text.append("}\n");
    }

    private static void assign(StringBuilder text, String indent, String name, String value) {
        text.append(indent).append(name).append(" = ").append(value).append('\n');
    }
}
