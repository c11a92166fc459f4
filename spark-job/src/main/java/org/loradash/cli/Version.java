package org.loradash.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** The versions of the job, of the Spark that it runs on, and of Java. */
public final class Version implements IVersionProvider {

    /** The job's own version, for example {@code 0.1.0}. */
    public static String text() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "lora-dash " + text() + " (Spark " + package$.MODULE$.SPARK_VERSION() + ", Java "
                    + System.getProperty("java.version") + ")"
        };
    }
}
