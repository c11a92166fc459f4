package org.loradash.data;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Where the tests' files are. */
final class Fixtures {
    private Fixtures() {}

    /** A directory or file beside this class among the test resources. */
    static Path resource(String name) {
        try {
            URI found = Objects.requireNonNull(Fixtures.class.getResource(name), name)
                    .toURI();
            return Path.of(found);
        } catch (URISyntaxException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path("file:" + path);
    }
}
