package org.loradash.config;

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
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.WholeFile;

/**
 * The text of a configuration file on any Hadoop file system, parsed as HOCON. A path without a scheme is a local file
 * if there is one of that name, and a path of the default file system otherwise. A file that is included lies beside
 * the one that includes it unless its path says more, and must exist: HOCON would let it be missing, and training
 * with other settings than the file seems to say is worse than stopping.
 *
 * @param path as the user gave it; errors name it so
 * @param includedBy the files whose include statements led here, outermost first
 * @param origin who wrote it
 */
record ConfigurationFile(String path, List<String> includedBy, Origin origin, Configuration hadoop) {
    private static final int MOST_BYTES = 1 << 20;
    private static final int LONGEST_EXPLANATION = 240;

    enum Origin {
        /** A person, who may include other files and use substitutions. */
        PERSON,
        /** A run, whose directory others may have written into: it must stand by itself. */
        RUN
    }

    static boolean exists(String path, Configuration hadoop) {
        try {
            Path file = FileSystems.path(path);
            return new ConfigurationFile(path, List.of(), Origin.PERSON, hadoop)
                    .fileSystem(file)
                    .getFileStatus(file)
                    .isFile();
        } catch (FileNotFoundException | IllegalArgumentException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }

    static Config parse(String path, Configuration hadoop) {
        return new ConfigurationFile(path, List.of(), Origin.PERSON, hadoop).parsed();
    }

    /** What a run has written: without includes and substitutions, which could read what its reader may see. */
    static Config parseWritten(String path, Configuration hadoop) {
        Config written = new ConfigurationFile(path, List.of(), Origin.RUN, hadoop).parsed();
        if (!written.isResolved()) {
            throw InvalidInput.of(path, "a substitution", "must be as the run wrote it, without any");
        }
        return written;
    }

    private Config parsed() {
        try {
            return parse();
        } catch (StackOverflowError e) {
            throw InvalidInput.of(path, "nested too deeply", "must be a file of sections, keys and values");
        }
    }

    private Config parse() {
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setOriginDescription(path)
                .setIncluder(new Included());
        try {
            return ConfigFactory.parseString(text(), options);
        } catch (ConfigException e) {
            throw new InvalidInput(problem(path, e), e);
        }
    }

    /** One line for what the parser has found: file, line, and the beginning of its explanation. */
    static String problem(String path, ConfigException found) {
        String message = String.valueOf(found.getMessage()).replaceAll("\\s+", " ");
        String explanation = message.startsWith(path + ": ") ? message.substring(path.length() + 2) : message;
        String separator = explanation.matches("\\d+: .*") ? ":" : ": ";
        return path + separator + Shown.shortened(explanation, LONGEST_EXPLANATION) + " (must be HOCON)";
    }

    private String text() {
        try {
            Path file = FileSystems.path(path);
            FileSystem files = fileSystem(file);
            FileStatus status = files.getFileStatus(file);
            if (status.isDirectory()) {
                throw InvalidInput.of(path, "a directory", "must be a configuration file");
            }
            byte[] bytes = WholeFile.read(files, file, path, MOST_BYTES);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException e) {
            throw InvalidInput.of("\"" + path + "\"", "not a path", "must be the path of a configuration file");
        } catch (FileNotFoundException e) {
            throw InvalidInput.of(path, "no such file", "must be a configuration file" + place());
        } catch (CharacterCodingException e) {
            throw InvalidInput.of(path, "not text", "a configuration file is in UTF-8");
        } catch (AccessControlException e) {
            throw InvalidInput.of(path, e.getMessage(), "must be a file that may be read");
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }

    private FileSystem fileSystem(Path file) throws IOException {
        String scheme = Optional.ofNullable(file.toUri().getScheme()).orElse("");
        boolean local = scheme.equals("file") || scheme.isEmpty() && new File(path).exists();
        // The raw one: a checksum that Hadoop left beside a file must not stop a person from editing the file.
        return local ? FileSystem.getLocal(hadoop).getRaw() : FileSystems.of("configuration", path, hadoop);
    }

    private String place() {
        return includedBy.isEmpty() ? "" : "; " + includedBy.get(includedBy.size() - 1) + " includes it";
    }

    private ConfigurationFile included(String name) {
        if (origin == Origin.RUN) {
            throw InvalidInput.of(path, "include " + Shown.name(name), "must be as the run wrote it, without includes");
        }
        Path parent = FileSystems.path(path).getParent();
        boolean besideThis = parent != null && !parent.toString().isEmpty();
        String found = besideThis ? new Path(parent, FileSystems.path(name)).toString() : name;
        List<String> chain = new ArrayList<>(includedBy);
        chain.add(path);
        if (chain.contains(found)) {
            throw new InvalidInput(path + ": includes itself (" + String.join(", ", chain) + ")");
        }
        return new ConfigurationFile(found, chain, origin, hadoop);
    }

    private final class Included
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String name) {
            return included(name).parse().root();
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File file) {
            return included(file.getPath()).parse().root();
        }

        /** Without it the library would fetch the URL itself, past the file systems and limits of this class. */
        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
            throw InvalidInput.of(path, "include " + Shown.name(url.toString()), "must be a file, include \"FILE\"");
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String name) {
            throw InvalidInput.of(path, "include " + Shown.name(name), "must be a file, include \"FILE\"");
        }
    }
}
