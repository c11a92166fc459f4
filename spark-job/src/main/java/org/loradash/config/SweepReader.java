package org.loradash.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * Makes a {@link Sweep} from a configuration with a list {@code sweep}: each element is a section of the settings in which
 * one run differs from the rest of the file, and its {@code name}. {@code run.output} is the directory of all. A section
 * {@code sweep} has the list as {@code runs}, and may say more: {@code seeds}, for each of which every run is made once,
 * and {@code compare-with}, the name of the run that the others are compared with; the first one where it is not given.
 */
public final class SweepReader {
    private static final String NAME = "name";
    private static final String RUNS = "runs";
    private static final String SEEDS = "seeds";
    private static final String COMPARE_WITH = "compare-with";
    private static final Pattern ALLOWED_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int MOST_RUNS = 10_000;

    /** Where the sweep keeps what the model as it is answers. */
    public static final String BASE = "base";

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
        ConfigObject given = section(
                path,
                SettingsReader.resolved(path, SettingsReader.overridden(file, overrides))
                        .root()
                        .get(GivenValues.SWEEP));
        Config common = file.withoutPath(GivenValues.SWEEP);
        List<String> forRuns = overrides.stream()
                .filter(override -> !override.strip().matches("(?s)" + GivenValues.SWEEP + "\\s*[.=].*"))
                .toList();
        String output = SettingsReader.settings(path, common, forRuns).run().output();
        List<Long> seeds = seeds(given);
        List<Variant> variants = variants(given);
        if (variants.size() * Math.max(1L, seeds.size()) > MOST_RUNS) {
            throw InvalidInput.of(
                    Shown.place(given) + ": " + GivenValues.SWEEP,
                    variants.size() + " runs of " + seeds.size() + " seeds",
                    "must be at most " + MOST_RUNS + " in all");
        }
        List<Sweep.Member> members = new ArrayList<>();
        if (seeds.isEmpty()) {
            variants.forEach(variant -> members.add(member(path, variant, variant.name, common, output, forRuns)));
        }
        // All variants of one seed before the next: what has been run so far can be compared.
        for (long seed : seeds) {
            List<String> seeded = new ArrayList<>(forRuns);
            seeded.add(TrainingSettings.SEED.name() + "=" + seed);
            for (Variant variant : variants) {
                String name = variant.name + "-seed-" + seed;
                members.add(member(path, variant, name, common, output, seeded));
            }
        }
        return new Sweep(output, members, reference(given, variants));
    }

    /** @param differences without the name */
    private record Variant(String name, ConfigObject differences) {}

    /** A list alone is a section of runs and nothing else. */
    private static ConfigObject section(String path, ConfigValue given) {
        if (given instanceof ConfigList) {
            return given.atKey(RUNS).root();
        }
        if (!(given instanceof ConfigObject section)) {
            throw InvalidInput.of(
                    (given == null ? path : Shown.place(given)) + ": " + GivenValues.SWEEP,
                    given == null ? "missing" : Shown.value(given),
                    "must be a list of runs, each a section of its name and the settings in which it differs, or a"
                            + " section with such a list as runs");
        }
        section.forEach((key, value) -> {
            if (!Set.of(RUNS, SEEDS, COMPARE_WITH).contains(key)) {
                throw InvalidInput.of(
                        Shown.place(value) + ": " + GivenValues.SWEEP + "." + Shown.name(key),
                        "unknown key",
                        "must be runs, seeds or compare-with");
            }
        });
        return section;
    }

    private static List<Variant> variants(ConfigObject given) {
        ConfigValue runs = given.get(RUNS);
        if (!(runs instanceof ConfigList list) || list.isEmpty()) {
            throw InvalidInput.of(
                    Shown.place(runs == null ? given : runs) + ": " + GivenValues.SWEEP,
                    runs == null ? "no runs" : Shown.value(runs),
                    "must be a list of runs, each a section of its name and the settings in which it differs");
        }
        List<Variant> variants = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigValue element : list) {
            Variant variant = variant(element, given.containsKey(SEEDS));
            if (!names.add(variant.name)) {
                throw InvalidInput.of(Shown.place(element) + ": name", variant.name, "must be another run's no more");
            }
            variants.add(variant);
        }
        return variants;
    }

    private static Variant variant(ConfigValue element, boolean seeded) {
        if (!(element instanceof ConfigObject section)) {
            throw InvalidInput.of(
                    Shown.place(element) + ": " + GivenValues.SWEEP,
                    Shown.value(element),
                    "must be a section of a run's name and the settings in which it differs");
        }
        String name = name(section);
        ConfigObject differences = section.withoutKey(NAME);
        refuse(differences, "run", "must be given for the whole sweep; each run lies below run.output, under its name");
        refuse(differences, "evaluation", "must be given for the whole sweep: all runs are asked the same questions");
        if (seeded && differences.toConfig().hasPath(TrainingSettings.SEED.name())) {
            throw InvalidInput.of(
                    Shown.place(element) + ": " + TrainingSettings.SEED.name(),
                    Shown.value(differences.toConfig().getValue(TrainingSettings.SEED.name())),
                    "must not be given beside sweep.seeds");
        }
        return new Variant(name, differences);
    }

    private static void refuse(ConfigObject differences, String section, String allowed) {
        ConfigValue given = differences.get(section);
        if (given != null) {
            throw InvalidInput.of(Shown.place(given) + ": " + section, Shown.value(given), allowed);
        }
    }

    private static List<Long> seeds(ConfigObject given) {
        ConfigValue value = given.get(SEEDS);
        if (value == null) {
            return List.of();
        }
        Set<Long> seeds = new LinkedHashSet<>();
        boolean right = value instanceof ConfigList list && !list.isEmpty();
        if (right) {
            for (ConfigValue element : (ConfigList) value) {
                Optional<Long> seed = TrainingSettings.SEED.type().parse().apply(element);
                right &= seed.filter(seeds::add).isPresent();
            }
        }
        if (!right) {
            throw InvalidInput.of(
                    Shown.place(value) + ": " + GivenValues.SWEEP + "." + SEEDS,
                    Shown.value(value),
                    "must be a list of different seeds, each " + TrainingSettings.SEED.allowed());
        }
        return List.copyOf(seeds);
    }

    private static String reference(ConfigObject given, List<Variant> variants) {
        ConfigValue value = given.get(COMPARE_WITH);
        List<String> names = variants.stream().map(Variant::name).toList();
        if (value == null) {
            return names.get(0);
        }
        return ValueType.scalar(value)
                .filter(names::contains)
                .orElseThrow(() -> InvalidInput.of(
                        Shown.place(value) + ": " + GivenValues.SWEEP + "." + COMPARE_WITH,
                        Shown.value(value),
                        "must be the name of one of the runs"));
    }

    private static Sweep.Member member(
            String path, Variant variant, String name, Config common, String output, List<String> overrides) {
        Config own = variant.differences.toConfig();
        List<String> all = new ArrayList<>(overrides);
        all.add("run.output=" + new Path(FileSystems.path(output), name));
        Map<String, String> differences = new TreeMap<>();
        own.entrySet().forEach(entry -> differences.put(entry.getKey(), Shown.value(entry.getValue())));
        return new Sweep.Member(
                name, variant.name, differences, SettingsReader.settings(path, own.withFallback(common), all));
    }

    private static String name(ConfigObject section) {
        ConfigValue given = section.get(NAME);
        Optional<String> name = given == null ? Optional.empty() : ValueType.scalar(given);
        return name.filter(text -> ALLOWED_NAME.matcher(text).matches() && !text.equals(BASE))
                .orElseThrow(
                        () -> InvalidInput.of(
                                Shown.place(given == null ? section : given) + ": name",
                                given == null || given.valueType() == ConfigValueType.OBJECT
                                        ? "missing"
                                        : Shown.value(given),
                                "must be letters, digits, dots, hyphens and underscores, for the run's directory, and not base"));
    }
}
