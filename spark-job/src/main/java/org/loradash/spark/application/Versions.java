package org.loradash.spark.application;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.NativeLibrary;

/** What a run's results depend on beside its settings. */
public final class Versions {
    private static final String BUILD = "versions.properties";

    private Versions() {}

    /** Versions by name, of the driver; executors are to be the same. */
    public static Map<String, String> of(JavaSparkContext spark) {
        Properties build = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream(BUILD)) {
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(BUILD, e);
        }
        Map<String, String> versions = new TreeMap<>();
        build.stringPropertyNames().forEach(name -> versions.put(name, build.getProperty(name)));
        versions.put("spark", spark.version());
        versions.put("java", System.getProperty("java.version"));
        versions.put("kernels", KernelProvider.best().name());
        versions.put("native-library", NativeLibrary.variant());
        return versions;
    }
}
