package org.loradash.config;

import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;

/** Settings as the text of a configuration file. */
public final class SettingsText {
    /** Spark's property for a pattern of what else is a secret, in names or values. */
    public static final String REDACTION = "spark.redaction.regex";

    /** Sections that make no other run. */
    private static final List<String> FREE = List.of("run.", "checkpoint.", "evaluation.", "tracking.");

    private SettingsText() {}

    /**
     * Every setting in force as HOCON: reading it gives the same settings, but for Spark properties that hold secrets,
     * of which only the names are written, as comments, and for passwords in URIs, which are left out.
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
            key.text(settings).ifPresent(value -> assign(text, "  ", name, Secrets.hidden(value)));
        }
        text.append("}\n");
        spark(text, settings.spark(), redaction);
        facts(text, facts);
        return text.toString();
    }

    /** Every setting in force by its key, without passwords, in the order of the keys; Spark's properties are not among them. */
    public static Map<String, String> table(Settings settings) {
        Map<String, String> table = new LinkedHashMap<>();
        Keys.ALL.forEach(key -> key.text(settings).ifPresent(text -> table.put(key.name(), Secrets.hidden(text))));
        return table;
    }

    /** Of {@link #table} what would make another run if it were another. */
    public static Map<String, String> deciding(Settings settings) {
        Map<String, String> deciding = table(settings);
        deciding.keySet().removeIf(key -> FREE.stream().anyMatch(key::startsWith));
        return deciding;
    }

    /**
     * The first setting, in the order of the keys, that would make another run of the same directory: all but where the
     * run lies, how often it is kept, how it is evaluated afterwards, who is told of it, Spark's properties, and passwords in URIs, which a run
     * does not keep.
     *
     * @param begun the settings that the run began with
     * @param given those it is to go on with
     * @return for example {@code adapter.rank: 8 (must be 16, ...)}
     */
    public static Optional<String> difference(Settings begun, Settings given) {
        Map<String, String> before = deciding(begun);
        Map<String, String> now = deciding(given);
        for (Key<?> key : Keys.ALL) {
            String was = before.getOrDefault(key.name(), "absent");
            String is = now.getOrDefault(key.name(), "absent");
            if (!was.equals(is)) {
                return Optional.of(
                        "%s: %s (must be %s, with which the run in run.output began; or give another run.output)"
                                .formatted(key.name(), is, was));
            }
        }
        return Optional.empty();
    }

    private static void spark(StringBuilder text, Map<String, String> properties, String redaction) {
        if (properties.isEmpty()) {
            return;
        }
        text.append("spark {\n");
        Optional<Pattern> more = pattern(redaction);
        properties.forEach((name, value) -> {
            String rest = ConfigUtil.quoteString(name.substring(GivenValues.SPARK.length() + 1));
            if (Secrets.in(name, value, more)) {
                text.append("  # ").append(rest).append(" may hold a secret: give it again\n");
            } else {
                assign(text, "  ", rest, ConfigUtil.quoteString(value));
            }
        });
        text.append("}\n");
    }

    private static Optional<Pattern> pattern(String redaction) {
        try {
            return redaction.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(redaction));
        } catch (PatternSyntaxException e) {
            throw InvalidInput.of(REDACTION, redaction, "must be a regular expression");
        }
    }

    private static void facts(StringBuilder text, Map<String, Map<String, String>> facts) {
        if (facts.isEmpty()) {
            return;
        }
        text.append(GivenValues.RESOLVED).append(" {\n");
        facts.forEach((group, values) -> {
            text.append("  ").append(ConfigUtil.quoteString(group)).append(" {\n");
            values.forEach((name, value) -> assign(
                    text,
                    "    ",
                    ConfigUtil.quoteString(Secrets.hidden(name)),
                    ConfigUtil.quoteString(Secrets.hidden(value))));
            text.append("  }\n");
        });
        text.append("}\n");
    }

    private static void assign(StringBuilder text, String indent, String name, String value) {
        text.append(indent).append(name).append(" = ").append(value).append('\n');
    }
}
