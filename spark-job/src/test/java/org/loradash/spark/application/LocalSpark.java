package org.loradash.spark.application;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.loradash.spark.KryoRegistration;

/** Spark inside the test's process, strict about what goes through Kryo. */
public final class LocalSpark {
    private LocalSpark() {}

    public static JavaSparkContext start(String master) {
        return new JavaSparkContext(strict(master));
    }

    public static SparkConf strict(String master) {
        return new SparkConf()
                .setMaster(master)
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "localhost")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.serializer", KryoSerializer.class.getName())
                .set("spark.kryo.registrator", KryoRegistration.class.getName())
                .set("spark.kryo.registrationRequired", "true");
    }
}
