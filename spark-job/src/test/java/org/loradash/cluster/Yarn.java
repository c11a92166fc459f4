package org.loradash.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** YARN: a resource manager and node managers in this JVM; containers are processes of their own. */
final class Yarn implements AutoCloseable {
    /** Its pages' frameworks name every class that they bind. */
    private static final Logger PAGES = Logger.getLogger("org.apache.hadoop.shaded.com.sun.jersey");

    private final Path directory;
    private final MiniYARNCluster cluster;

    private Yarn(Path directory, MiniYARNCluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    /** @param files how containers reach the default file system */
    static Yarn start(String name, int nodes, Configuration files) {
        Path directory = Scratch.empty(name);
        PAGES.setLevel(Level.WARNING);
        YarnConfiguration conf = new YarnConfiguration();
        files.forEach(entry -> conf.set(entry.getKey(), entry.getValue()));
        conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
        conf.setInt(YarnConfiguration.NM_PMEM_MB, 3072);
        conf.set("yarn.scheduler.capacity.root.queues", "default");
        conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
        conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
        // Physical memory is held to what was asked for. Virtual memory is not: JVMs reserve far more than they use.
        conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
        conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        conf.set("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.5");
        // Where it puts its directories.
        System.setProperty("test.build.data", directory.toString());
        MiniYARNCluster cluster = new MiniYARNCluster("nodes", nodes, 1, 1);
        cluster.init(conf);
        cluster.start();
        Yarn yarn = new Yarn(directory, cluster);
        await("the resource manager's address").atMost(Duration.ofMinutes(1)).until(() -> !cluster.getConfig()
                .get(YarnConfiguration.RM_ADDRESS)
                .endsWith(":0"));
        return yarn;
    }

    Path directory() {
        return directory;
    }

    /** What clients and containers need to know. */
    Configuration client() {
        return cluster.getConfig();
    }

    /** Every application so far. */
    List<ApplicationReport> applications() {
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(cluster.getConfig());
            client.start();
            return client.getApplications();
        } catch (IOException | YarnException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What containers have said, each after its file's name. */
    String containersSaid() {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path log : files.filter(Yarn::isLog).sorted().toList()) {
                all.append(log).append('\n').append(Files.readString(log)).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    @Override
    public void close() {
        cluster.stop();
        Scratch.keepLogs(directory);
    }

    private static boolean isLog(Path file) {
        String name = file.getFileName().toString();
        return name.equals("stdout") || name.equals("stderr");
    }
}
