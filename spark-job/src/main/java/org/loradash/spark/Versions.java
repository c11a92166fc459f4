package org.loradash.spark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.kernel.KernelProvider;
import org.nd4j.linalg.factory.Nd4j;

/** What a run's results depend on beside its settings. */
final class Versions {
    private Versions() {}

    static Map<String, String> of(JavaSparkContext spark) {
        Map<String, String> versions = new LinkedHashMap<>();
        String own = TrainingJob.class.getPackage().getImplementationVersion();
        versions.put("lora-dash", own == null ? "built from source" : own);
        versions.put("spark", spark.version());
        versions.put("java", System.getProperty("java.version"));
        versions.put("kernels", KernelProvider.best().name());
        versions.put("nd4j", Nd4j.class.getPackage().getImplementationVersion());
        versions.put("native library", System.getProperty("org.bytedeco.javacpp.platform.extension", ""));
        return versions;
    }
}
