package org.loradash.tsd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The versions of the command and of Java. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return new String[] {"tsd " + text + " (Java " + System.getProperty("java.version") + ")"};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
