package org.loradash.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * Makes a {@link Sweep} from a configuration with a list {@code sweep}: each element is a section of the settings in which
 * one run differs from the rest of the file, and its {@code name}. {@code run.output} is the directory of all.
 */
public final class SweepReader {
    private static final String NAME = "name";
    private static final Pattern ALLOWED_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Configuration hadoop;

    /** @param hadoop how file systems are reached */
    public SweepReader(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * Reads all runs' settings, so that a mistake in the last one is told before the first one begins.
     *
     * @param path the file, as {@link SettingsReader#read} takes it
     * @param overrides {@code key=value}, for all runs, stronger than the file
     * @throws InvalidInput one line for the first mistake
     */
    public Sweep read(String path, List<String> overrides) {
        Config file = ConfigurationFile.parse(path, hadoop);
        ConfigValue given = SettingsReader.resolved(path, SettingsReader.overridden(file, overrides))
                .root()
                .get(GivenValues.SWEEP);
        if (!(given instanceof ConfigList list) || list.isEmpty()) {
            throw InvalidInput.of(
                    path + ": " + GivenValues.SWEEP,
                    given == null ? "missing" : Shown.value(given),
                    "must be a list of runs, each a section of its name and the settings in which it differs");
        }
        Config common = file.withoutPath(GivenValues.SWEEP);
        String output = SettingsReader.settings(path, common, overrides).run().output();
        List<Sweep.Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigValue element : list) {
            Sweep.Member member = member(path, element, common, output, overrides);
            if (!names.add(member.name())) {
                throw InvalidInput.of(Shown.place(element) + ": name", member.name(), "must be another run's no more");
            }
            members.add(member);
        }
        return new Sweep(output, members);
    }

    private static Sweep.Member member(
            String path, ConfigValue element, Config common, String output, List<String> overrides) {
        if (!(element instanceof ConfigObject section)) {
            throw InvalidInput.of(
                    Shown.place(element) + ": " + GivenValues.SWEEP,
                    Shown.value(element),
                    "must be a section of a run's name and the settings in which it differs");
        }
        String name = name(section);
        Config own = section.withoutKey(NAME).toConfig();
        if (own.root().containsKey("run")) {
            ConfigValue run = own.root().get("run");
            throw InvalidInput.of(
                    Shown.place(run) + ": run",
                    Shown.value(run),
                    "must be given for the whole sweep; each run lies below run.output, under its name");
        }
        List<String> all = new ArrayList<>(overrides);
        all.add("run.output=" + new Path(output, name));
        Map<String, String> differences = new TreeMap<>();
        own.entrySet().forEach(entry -> differences.put(entry.getKey(), Shown.value(entry.getValue())));
        return new Sweep.Member(name, differences, SettingsReader.settings(path, own.withFallback(common), all));
    }

    private static String name(ConfigObject section) {
        ConfigValue given = section.get(NAME);
        Optional<String> name = given == null ? Optional.empty() : ValueType.scalar(given);
        return name.filter(text -> ALLOWED_NAME.matcher(text).matches())
                .orElseThrow(() -> InvalidInput.of(
                        Shown.place(given == null ? section : given) + ": name",
                        given == null || given.valueType() == ConfigValueType.OBJECT ? "missing" : Shown.value(given),
                        "must be letters, digits, dots, hyphens and underscores, for the run's directory"));
    }
}
