package org.loradash.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;

/** Makes {@link Settings} from a configuration file in HOCON and the settings of a command line that go before it. */
public final class SettingsReader {
    private final Configuration hadoop;

    /** @param hadoop how file systems are reached */
    public SettingsReader(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * The settings that a file and a command line give together.
     *
     * @param path the file: local, or any Hadoop URI
     * @param overrides {@code key=value}, each stronger than the file and than those before it. A value that begins
     *     like a list, a section or a quoted string, or holds a substitution, is HOCON; any other is taken as it stands
     * @throws InvalidInput one line for the first mistake: syntax, then unknown keys, then the order of {@link Keys}
     */
    public Settings read(String path, List<String> overrides) {
        return settings(path, ConfigurationFile.parse(path, hadoop), overrides);
    }

    /**
     * The settings that a caller gives without a file.
     *
     * @param settings as the overrides of {@link #read(String, List)}
     * @throws InvalidInput likewise
     */
    public Settings read(List<String> settings) {
        return settings("settings", ConfigFactory.empty(), settings);
    }

    /**
     * What evaluating a model needs of the settings that a file and a command line give together: neither data to train on
     * nor an end of training must be among them.
     *
     * @param path as {@link #read} has it
     * @param overrides as {@link #read} has them
     * @throws InvalidInput as {@link #read} does, of what is given or needed
     */
    public SettingsForEvaluation readForEvaluation(String path, List<String> overrides) {
        Config file = ConfigurationFile.parse(path, hadoop);
        return SettingsForEvaluation.of(GivenValues.of(path, resolved(path, overridden(file, overrides))));
    }

    /** Whether there is such a file, and no directory. */
    public boolean finds(String path) {
        return ConfigurationFile.exists(path, hadoop);
    }

    /**
     * The settings that a run began with.
     *
     * @param path its resolved.conf
     * @throws InvalidInput where it is not what {@link SettingsText} writes
     */
    public Settings readWritten(String path) {
        return Settings.of(GivenValues.of(path, ConfigurationFile.parseWritten(path, hadoop)));
    }

    /**
     * What {@link SettingsText} wrote of a run beside its settings.
     *
     * @param path a resolved.conf
     * @param group for example {@code hashes}
     * @return names to values; empty where there is no such group
     */
    public static Map<String, String> facts(String path, String group, Configuration hadoop) {
        Map<String, String> facts = new LinkedHashMap<>();
        Config file = ConfigurationFile.parseWritten(path, hadoop);
        String place = GivenValues.RESOLVED + "." + group;
        try {
            if (file.hasPath(place)) {
                file.getObject(place).unwrapped().forEach((name, value) -> facts.put(name, String.valueOf(value)));
            }
        } catch (ConfigException e) {
            throw InvalidInput.of(path, place + " is no section", "must be as the run wrote it");
        }
        return facts;
    }

    /** The settings that a parsed file and overrides give together. */
    static Settings settings(String path, Config file, List<String> overrides) {
        return Settings.of(GivenValues.of(path, resolved(path, overridden(file, overrides))));
    }

    static Config overridden(Config file, List<String> overrides) {
        Config all = file;
        for (String override : overrides) {
            all = override(override).withFallback(all);
        }
        return all;
    }

    static Config resolved(String path, Config all) {
        try {
            return all.resolve();
        } catch (ConfigException e) {
            throw new InvalidInput(ConfigurationFile.problem(path, e), e);
        } catch (StackOverflowError e) {
            throw InvalidInput.of(path, "nested too deeply", "must be a file of sections, keys and values");
        } catch (OutOfMemoryError e) {
            // A value of values of values doubles with each line.
            throw InvalidInput.of(path, "substitutions without end", "must fit into memory when they are made");
        }
    }

    private static Config override(String override) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw InvalidInput.of("--set " + Shown.name(override), "not a setting", "must be key=value");
        }
        String key = override.substring(0, equals).strip();
        String place = "--set " + Shown.name(key);
        try {
            ConfigValue value = value(place, override.substring(equals + 1).strip());
            if (key.startsWith(GivenValues.SPARK + ".")) {
                // One name: Spark's properties may be each other's prefixes, as a tree's keys may not.
                return value.atKey(key.contains("\"") ? String.join(".", ConfigUtil.splitPath(key)) : key);
            }
            return value.atPath(ConfigUtil.joinPath(ConfigUtil.splitPath(key)));
        } catch (ConfigException e) {
            throw new InvalidInput(ConfigurationFile.problem(place, e), e);
        }
    }

    private static ConfigValue value(String place, String text) {
        boolean hocon = text.equals("null") || text.matches("(?s)[\\[{\"].*") || text.contains("${");
        ConfigValue value = hocon
                ? ConfigFactory.parseString(
                                "value = " + text, ConfigParseOptions.defaults().setOriginDescription(place))
                        .root()
                        .get("value")
                : ConfigValueFactory.fromAnyRef(text);
        return value.withOrigin(ConfigOriginFactory.newSimple("--set"));
    }
}
