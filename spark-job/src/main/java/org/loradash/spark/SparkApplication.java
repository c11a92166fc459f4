package org.loradash.spark;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/** The job's Spark application: what spark-submit says, then what the job needs, then what the configuration says. */
final class SparkApplication {
    private SparkApplication() {}

    /**
     * @param properties of the configuration's spark section; they go before all others
     * @param workers logical workers, which share a machine's cores in local mode
     */
    static SparkConf configuration(Map<String, String> properties, int workers) {
        SparkConf conf = new SparkConf();
        conf.setIfMissing("spark.app.name", "lora-dash");
        conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        conf.setIfMissing("spark.kryo.registrator", KryoRegistration.class.getName());
        conf.setIfMissing("spark.kryo.registrationRequired", "true");
        conf.setIfMissing("spark.kryoserializer.buffer.max", "1g");
        properties.forEach(conf::set);
        conf.setIfMissing("spark.master", "local[*]");
        int cores = localCores(conf.get("spark.master"));
        if (cores > 0) {
            // Fewer workers than cores: each takes several. Its results are the same with any number of them.
            conf.setIfMissing("spark.task.cpus", String.valueOf(Math.max(1, cores / workers)));
        }
        return conf;
    }

    /** File systems as the application will see them, before it starts. */
    static Configuration hadoop(SparkConf conf) {
        return SparkHadoopUtil.get().newConfiguration(conf);
    }

    static JavaSparkContext start(SparkConf conf) {
        return new JavaSparkContext(conf);
    }

    /** Cores of a local master, or 0 for any other. */
    static int localCores(String master) {
        if (master.equals("local")) {
            return 1;
        }
        Matcher local = Pattern.compile("local\\[(\\*|\\d+)(,.*)?]").matcher(master);
        if (!local.matches()) {
            return 0;
        }
        String cores = local.group(1);
        return cores.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(cores);
    }
}
