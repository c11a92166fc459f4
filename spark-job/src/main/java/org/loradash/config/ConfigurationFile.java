package org.loradash.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.loradash.tsd.InvalidInput;

/**
 * The text of a configuration file on any Hadoop file system, parsed as HOCON. A path without a scheme is a local file
 * if there is one of that name, and a path of the default file system otherwise. A file that is included lies beside
 * the one that includes it unless its path says more, and must exist: HOCON would let it be missing, and training
 * with other settings than the file seems to say is worse than stopping.
 *
 * @param path as the user gave it; errors name it so
 * @param includedBy the files whose include statements led here, outermost first
 */
record ConfigurationFile(String path, List<String> includedBy, Configuration hadoop) {
    private static final int MOST_BYTES = 1 << 20;
    private static final int LONGEST_EXPLANATION = 240;

    static Config parse(String path, Configuration hadoop) {
        return new ConfigurationFile(path, List.of(), hadoop).parse();
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
        return path + separator + Shown.shortened(explanation, LONGEST_EXPLANATION);
    }

    private String text() {
        try {
            Path file = new Path(path);
            FileSystem files = fileSystem(file);
            FileStatus status = files.getFileStatus(file);
            if (status.isDirectory()) {
                throw InvalidInput.of(path, "a directory", "must be a configuration file");
            }
            try (InputStream in = files.open(file)) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw InvalidInput.of(
                            path, "too long", "a configuration file has at most " + MOST_BYTES + " bytes");
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
        } catch (IllegalArgumentException e) {
            throw InvalidInput.of("\"" + path + "\"", "not a path", "must be the path of a configuration file");
        } catch (FileNotFoundException e) {
            throw new InvalidInput(path + ": no such file" + place(), e);
        } catch (CharacterCodingException e) {
            throw InvalidInput.of(path, "not text", "a configuration file is in UTF-8");
        } catch (AccessControlException | UnsupportedFileSystemException e) {
            throw new InvalidInput(
                    path + ": " + e.getMessage().lines().findFirst().orElse("may not be read"), e);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }

    private FileSystem fileSystem(Path file) throws IOException {
        String scheme = Optional.ofNullable(file.toUri().getScheme()).orElse("");
        boolean local = scheme.equals("file") || scheme.isEmpty() && new File(path).exists();
        // The raw one: a checksum that Hadoop left beside a file must not stop a person from editing the file.
        return local ? FileSystem.getLocal(hadoop).getRaw() : file.getFileSystem(hadoop);
    }

    private String place() {
        return includedBy.isEmpty() ? "" : " (included by " + includedBy.get(includedBy.size() - 1) + ")";
    }

    private ConfigurationFile included(String name) {
        Path parent = new Path(path).getParent();
        boolean besideThis = parent != null && !parent.toString().isEmpty();
        String found = besideThis ? new Path(parent, name).toString() : name;
        List<String> chain = new ArrayList<>(includedBy);
        chain.add(path);
        if (chain.contains(found)) {
            throw new InvalidInput(path + ": includes itself (" + String.join(", ", chain) + ")");
        }
        return new ConfigurationFile(found, chain, hadoop);
    }

    private final class Included implements ConfigIncluder, ConfigIncluderFile {
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
    }
}
