package org.loradash.config;

import static java.util.function.Function.identity;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;

/**
 * What a configuration gives, under whole names, before defaults.
 *
 * @param source the file, for messages about what it lacks
 * @param values by the names of known keys
 * @param spark Spark's properties, full names to values
 */
record GivenValues(String source, Map<String, ConfigValue> values, Map<String, String> spark) implements Values {
    static final String SPARK = "spark";

    /** What a resolved configuration says about the run that wrote it; no setting. */
    static final String RESOLVED = "resolved";

    /** The runs of a sweep; no setting of one of them. */
    static final String SWEEP = "sweep";

    private static final Map<String, Key<?>> KNOWN = Keys.ALL.stream()
            .collect(Collectors.toMap(Key::name, identity(), (first, second) -> first, LinkedHashMap::new));
    private static final Set<String> SECTIONS = KNOWN.keySet().stream()
            .map(name -> name.substring(0, name.indexOf('.')))
            .collect(Collectors.toUnmodifiableSet());

    /** @throws InvalidInput on a name that no key has, naming the nearest */
    static GivenValues of(String source, Config resolved) {
        Map<String, ConfigValue> values = new TreeMap<>();
        SortedMap<String, String> spark = new TreeMap<>();
        // In order of names, so that a property of the command line, one name, comes after the file's section.
        new TreeMap<>(resolved.root()).forEach((name, value) -> {
            if (name.equals(SPARK)) {
                properties(value).forEach(spark::put);
            } else if (name.startsWith(SPARK + ".")) {
                spark.put(name, property(name, value));
            } else if (name.equals(SWEEP)) {
                throw InvalidInput.of(
                        Shown.place(value) + ": " + SWEEP, "several runs", "must be given to the command sweep");
            } else if (!name.equals(RESOLVED)) {
                collect(name, value, values::put);
            }
        });
        return new GivenValues(source, values, Collections.unmodifiableMap(spark));
    }

    /** What other settings had, as it would be written in a file. */
    static GivenValues ofWritten(Map<String, String> texts, Map<String, String> spark) {
        Map<String, ConfigValue> values = new TreeMap<>();
        texts.forEach((name, text) ->
                values.put(name, ConfigFactory.parseString("value = " + text).getValue("value")));
        return new GivenValues("settings", values, spark);
    }

    @Override
    public <T> Optional<T> optional(Key<T> key) {
        return Optional.ofNullable(values.get(key.name()))
                .map(value ->
                        key.type().parse().apply(value).orElseThrow(() -> notAllowed(key.name(), value, key.allowed())))
                .or(key::fallback);
    }

    private static void collect(String name, ConfigValue value, BiConsumer<String, ConfigValue> known) {
        if (KNOWN.containsKey(name)) {
            known.accept(name, value);
        } else if (value instanceof ConfigObject section && (!section.isEmpty() || SECTIONS.contains(name))) {
            new TreeMap<>(section).forEach((key, element) -> collect(name + "." + key, element, known));
        } else if (SECTIONS.contains(name)) {
            throw notAllowed(name, value, "a section of keys");
        } else {
            throw InvalidInput.of(
                    Shown.place(value) + ": " + Shown.name(name),
                    "unknown key",
                    "did you mean " + NearestName.among(KNOWN.keySet(), name) + "?");
        }
    }

    private static Map<String, String> properties(ConfigValue section) {
        if (!(section instanceof ConfigObject)) {
            throw notAllowed(SPARK, section, "a section of Spark properties");
        }
        Map<String, String> properties = new TreeMap<>();
        flatten(SPARK, section, (name, value) -> {
            if (properties.put(name, property(name, value)) != null) {
                throw InvalidInput.of(
                        Shown.place(value) + ": " + Shown.name(name), "given twice", "must be given once");
            }
        });
        return properties;
    }

    private static void flatten(String name, ConfigValue value, BiConsumer<String, ConfigValue> property) {
        if (value instanceof ConfigObject section) {
            section.forEach((key, element) -> flatten(name + "." + key, element, property));
        } else {
            property.accept(name, value);
        }
    }

    private static String property(String name, ConfigValue value) {
        return ValueType.scalar(value).orElseThrow(() -> notAllowed(name, value, "a text, a number, true or false"));
    }

    private static InvalidInput notAllowed(String name, ConfigValue value, String allowed) {
        String shown = value.valueType() == ConfigValueType.OBJECT ? "a section" : Shown.value(value);
        if (name.startsWith(SPARK + ".") && Secrets.in(name, shown, Optional.empty())) {
            shown = Secrets.REDACTED;
        }
        return InvalidInput.of(Shown.place(value) + ": " + Shown.name(name), shown, "must be " + allowed);
    }
}
