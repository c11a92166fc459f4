package org.loradash.tsd.source;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.WholeFile;

/** What is needed here of a run's resolved.conf. */
record ResolvedSettings(Path path, Config config) {
    private static final int LONGEST = 1 << 22;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{1,128}");

    static ResolvedSettings read(FileSystem files, Path path) {
        try {
            byte[] bytes = WholeFile.read(files, path, path.toString(), LONGEST);
            ConfigParseOptions options = ConfigParseOptions.defaults()
                    .setSyntax(ConfigSyntax.CONF)
                    .setOriginDescription(path.toString())
                    .setIncluder(new NoIncludes(path));
            Config config = ConfigFactory.parseString(new String(bytes, StandardCharsets.UTF_8), options);
            if (!config.isResolved()) {
                throw InvalidInput.of(
                        path.toString(), "a substitution", "must be what the training job wrote, without any");
            }
            return new ResolvedSettings(path, config);
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            String problem = message.startsWith(path + ": ") ? message.substring((path + ": ").length()) : message;
            throw new InvalidInput(
                    path + ": " + Message.oneLine(problem) + " (must be what the training job wrote)", e);
        } catch (StackOverflowError e) {
            throw InvalidInput.of(path.toString(), "nested too deeply", "must be what the training job wrote");
        } catch (IOException e) {
            throw Message.of(path, e);
        }
    }

    /** A setting that every run has. */
    String required(String key) {
        return optional(key)
                .orElseThrow(() -> InvalidInput.of(path + ": " + key, "absent", "must be what the training job wrote"));
    }

    Optional<String> optional(String key) {
        try {
            return config.hasPath(key) ? Optional.of(config.getString(key)) : Optional.empty();
        } catch (ConfigException e) {
            throw new InvalidInput(
                    path + ": " + key + ": " + Message.oneLine(String.valueOf(e.getMessage()))
                            + " (must be what the training job wrote)",
                    e);
        }
    }

    /** The hash that the run noted of one of its files. */
    Optional<String> hash(String of) {
        String key = "resolved.hashes." + ConfigUtil.quoteString(of);
        Optional<String> hash = optional(key);
        hash.filter(text -> !HASH.matcher(text).matches()).ifPresent(text -> {
            // It is going to be the name of a directory, and must not lead out of the one that it is in.
            throw InvalidInput.of(path + ": " + key, Message.oneLine(text), "must be hexadecimal");
        });
        return hash;
    }

    /** Every setting by its key; not what belongs to Spark, nor what the job noted beside its settings. */
    Map<String, String> table() {
        Map<String, String> table = new TreeMap<>();
        config.root().forEach((section, values) -> {
            if (!section.equals("spark") && !section.equals("resolved") && values instanceof ConfigObject object) {
                object.forEach((key, value) -> table.put(section + "." + key, String.valueOf(value.unwrapped())));
            }
        });
        return table;
    }

    /** The job writes no include statement, so one that is there is somebody else's. */
    private record NoIncludes(Path path)
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            throw InvalidInput.of(path.toString(), "include", "must be what the training job wrote, without includes");
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            return include(context, what.getPath());
        }

        /** Without it the library would fetch the URL. */
        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            return include(context, what.toString());
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            return include(context, what);
        }
    }
}
