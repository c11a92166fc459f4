package org.loradash.spark.application;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.serializer.KryoSerializer;
import org.loradash.config.TableSettings;
import org.loradash.spark.KryoRegistration;
import org.loradash.tsd.InvalidInput;

/** The job's Spark application: what spark-submit says, then what the job needs, then what the configuration says. */
public final class SparkApplication {
    /** How the identifier begins that Spark makes up where the cluster has given none. */
    private static final String NOT_REGISTERED = "spark-application-";

    private static final String SERIALIZER = "spark.serializer";
    private static final String REGISTRATION_REQUIRED = "spark.kryo.registrationRequired";
    private static final String REGISTRATOR = "spark.kryo.registrator";
    private static final String TASK_CPUS = "spark.task.cpus";

    private SparkApplication() {}

    /**
     * What executors and driver exchange goes through Kryo with registration required, whatever anybody says: nothing
     * but the classes of {@link KryoRegistration} is made from bytes.
     *
     * <p>Where records come from tables of a catalogue, what its connector sends, such as Iceberg's broadcasts, is not registered by
     * anybody, so that registration is not required.
     *
     * @param properties of the configuration's spark section; they go before all others
     * @param workers logical workers, which share a machine's cores in local mode
     * @param records who they are read from
     * @throws InvalidInput where the section asks for another serialisation, or for cores that are no number
     */
    public static SparkConf configuration(Map<String, String> properties, int workers, TableSettings.Source records) {
        refuseOther(properties, SERIALIZER, KryoSerializer.class.getName());
        boolean strict = records != TableSettings.Source.TABLE;
        if (strict) {
            refuseOther(properties, REGISTRATION_REQUIRED, "true");
        }
        SparkConf conf = new SparkConf();
        conf.setIfMissing("spark.app.name", "lora-dash");
        conf.setIfMissing("spark.kryoserializer.buffer.max", "1g");
        FileSystemProperties.DEFAULTS.forEach((name, value) -> conf.setIfMissing("spark.hadoop." + name, value));
        properties.forEach(conf::set);
        conf.set(SERIALIZER, KryoSerializer.class.getName());
        conf.set(REGISTRATION_REQUIRED, strict ? "true" : properties.getOrDefault(REGISTRATION_REQUIRED, "false"));
        conf.set(REGISTRATOR, withOurs(conf.get(REGISTRATOR, "")));
        conf.setIfMissing("spark.master", "local[*]");
        int cores = localCores(conf.get("spark.master"));
        if (cores > 0) {
            // Fewer workers than cores: each takes several. Its results are the same with any number of them.
            conf.setIfMissing(TASK_CPUS, String.valueOf(Math.max(1, cores / workers)));
        }
        if (!conf.get(TASK_CPUS, "1").matches("[1-9]\\d{0,5}")) {
            throw InvalidInput.of(TASK_CPUS, conf.get(TASK_CPUS), "must be a whole number of at least 1");
        }
        return conf;
    }

    private static void refuseOther(Map<String, String> properties, String name, String needed) {
        String given = properties.getOrDefault(name, needed);
        if (!given.equals(needed)) {
            throw InvalidInput.of(name, given, "must be " + needed + ", or not given");
        }
    }

    /** Somebody else's registrators may come before the job's. */
    private static String withOurs(String registrators) {
        String ours = KryoRegistration.class.getName();
        if (registrators.isBlank()) {
            return ours;
        }
        boolean there =
                Pattern.compile("\\s*,\\s*").splitAsStream(registrators.strip()).anyMatch(ours::equals);
        return there ? registrators : registrators + "," + ours;
    }

    /** File systems as the application will see them, before it starts. */
    public static Configuration hadoop(SparkConf conf) {
        return SparkHadoopUtil.get().newConfiguration(conf);
    }

    /**
     * Starts the application.
     *
     * @throws InvalidInput where Spark refuses its properties
     * @throws IllegalStateException where no master of a standalone cluster takes it
     */
    public static JavaSparkContext start(SparkConf conf) {
        JavaSparkContext spark = started(conf);
        String master = conf.get("spark.master");
        if (master.startsWith("spark://") && spark.sc().applicationId().startsWith(NOT_REGISTERED)) {
            // Spark has given up and stops the context on another thread. A broadcast meanwhile would wait for ever.
            spark.close();
            throw new IllegalStateException(
                    "spark.master: %s: does not take the application (it must be reachable and authenticate as the job does)"
                            .formatted(master));
        }
        return spark;
    }

    private static JavaSparkContext started(SparkConf conf) {
        try {
            // Its registrators are somebody's classes, which Spark itself would look for in the first job.
            new KryoSerializer(conf).newKryo();
            return new JavaSparkContext(conf);
        } catch (RuntimeException refused) {
            throw refusedProperty(refused, conf);
        } catch (Exception refused) {
            // Scala throws what Java would have to declare.
            throw refused instanceof SparkException
                    ? refusedProperty(refused, conf)
                    : new IllegalStateException(refused);
        }
    }

    /** A property that is not allowed comes as one of these; what goes wrong with other machines as something else. */
    private static RuntimeException refusedProperty(Exception refused, SparkConf conf) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException || cause instanceof ClassNotFoundException) {
                return new InvalidInput(
                        "spark: " + cause.getMessage() + " (must be properties that Spark can start with)", refused);
            }
        }
        String message = String.valueOf(refused.getMessage());
        if (message.contains("Master URL") || message.contains("run locally with")) {
            return InvalidInput.of(
                    "spark.master",
                    conf.get("spark.master"),
                    "must be local[N], spark://HOST:PORT, yarn or k8s://URL, of at least one core");
        }
        if (message.contains("number of cores per executor")) {
            return new InvalidInput("spark: " + message + " (must be fewer spark.task.cpus or more cores)", refused);
        }
        return refused instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(refused);
    }

    /** Cores of a local master, or 0 for any other. */
    static int localCores(String master) {
        if (master.equals("local")) {
            return 1;
        }
        Matcher local = Pattern.compile("local\\[(\\*|\\d{1,6})(,.*)?]").matcher(master);
        if (!local.matches()) {
            return 0;
        }
        String cores = local.group(1);
        return cores.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(cores);
    }
}
