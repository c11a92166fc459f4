package org.loradash.cli;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local file system as one whose URIs have a user, a password and a host: {@code vault://user:password@host/path}. */
public final class VaultFiles extends RawLocalFileSystem {
    private URI uri;

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        uri = URI.create(name.getScheme() + "://" + name.getAuthority());
        super.initialize(name, configuration);
    }

    @Override
    public URI getUri() {
        // It is asked for before it is known.
        return uri == null ? super.getUri() : uri;
    }
}
