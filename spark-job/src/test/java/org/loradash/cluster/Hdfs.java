package org.loradash.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DFSConfigKeys;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** HDFS in this JVM: a name node and data nodes that talk over sockets. Every block is on as many nodes as there are. */
final class Hdfs implements AutoCloseable {
    private final Path directory;
    private final MiniDFSCluster cluster;

    private Hdfs(Path directory, MiniDFSCluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    static Hdfs start(String name, int dataNodes) {
        Path directory = Scratch.empty(name);
        Configuration conf = new Configuration();
        conf.setInt(DFSConfigKeys.DFS_REPLICATION_KEY, dataNodes);
        try {
            MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf, directory.toFile())
                    .numDataNodes(dataNodes)
                    .build();
            cluster.waitActive();
            Hdfs hdfs = new Hdfs(directory, cluster);
            hdfs.files().mkdirs(hdfs.files().getHomeDirectory());
            return hdfs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a client is told: this file system is the default one, replicated over all nodes. */
    Configuration client() {
        Configuration client = new Configuration(false);
        client.set(FileSystem.FS_DEFAULT_NAME_KEY, cluster.getURI().toString());
        client.set(
                DFSConfigKeys.DFS_REPLICATION_KEY,
                String.valueOf(cluster.getDataNodes().size()));
        return client;
    }

    FileSystem files() {
        try {
            return FileSystem.get(cluster.getURI(), new Configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts local files or directories into the user's home. */
    void upload(Path from) {
        try (var entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                files().copyFromLocalFile(
                                new org.apache.hadoop.fs.Path(entry.toUri()),
                                new org.apache.hadoop.fs.Path(
                                        entry.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String name, String text) {
        try (FSDataOutputStream out = files().create(new org.apache.hadoop.fs.Path(name))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stopDataNode(int number) {
        cluster.stopDataNode(number);
    }

    /** A HADOOP_CONF_DIR with one file. */
    static Path configurationDirectory(Path directory, String file, Configuration configuration) {
        try {
            Path made = Files.createDirectories(directory);
            try (OutputStream out = Files.newOutputStream(made.resolve(file))) {
                configuration.writeXml(out);
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cluster.shutdown(true, false);
        Scratch.keepLogs(directory);
    }
}
