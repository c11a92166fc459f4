package org.loradash.tsd.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * Where a model's files lie. A model's folder in the cache of huggingface_hub ({@code models--ORG--NAME}) has a directory for
 * each snapshot and notes of which is which branch; its files are links into a folder of blobs. Given that folder, the snapshot
 * of branch main is meant, or the only one that there is. A pipeline of diffusers has a folder for each of its parts; the one that
 * is adapted is its U-Net.
 */
public final class ModelPath {
    private static final String FOLDER = "models--";
    private static final String SNAPSHOTS = "snapshots";
    private static final String PIPELINE = "model_index.json";
    private static final String ADAPTED = "unet";
    private static final Pattern REVISION = Pattern.compile("[0-9A-Za-z]{1,64}");

    private ModelPath() {}

    /**
     * The directory with the files of a model: config.json and weights. Of a pipeline it is that of its U-Net.
     *
     * @param where the setting that gave the path, for errors
     * @param given a directory of files, or a model's folder in the hub's cache
     * @throws InvalidInput where such a folder does not say which snapshot is meant
     */
    public static Path of(String where, String given, Configuration hadoop) {
        Path path = whole(where, given, hadoop);
        try {
            FileSystem files = FileSystems.of(where, given, hadoop);
            boolean pipeline =
                    !files.exists(new Path(path, ModelConfig.FILE)) && files.exists(new Path(path, PIPELINE));
            return pipeline ? new Path(path, ADAPTED) : path;
        } catch (IOException e) {
            throw Message.of(path, e);
        }
    }

    /** The directory with all that belongs to a model: of a pipeline the one that its parts are in. */
    public static Path whole(String where, String given, Configuration hadoop) {
        FileSystem files = FileSystems.of(where, given, hadoop);
        Path path = FileSystems.path(given);
        try {
            Path snapshots = new Path(path, SNAPSHOTS);
            boolean cached = path.getName().startsWith(FOLDER)
                    && !files.exists(new Path(path, ModelConfig.FILE))
                    && files.exists(snapshots);
            return cached ? new Path(snapshots, revision(where, given, files, path)) : path;
        } catch (IOException e) {
            throw Message.of(path, e);
        }
    }

    private static String revision(String where, String given, FileSystem files, Path folder) throws IOException {
        Path main = new Path(folder, "refs/main");
        List<String> there = new ArrayList<>();
        for (FileStatus snapshot : files.listStatus(new Path(folder, SNAPSHOTS))) {
            there.add(snapshot.getPath().getName());
        }
        String meant = files.exists(main) ? read(files, main) : there.size() == 1 ? there.get(0) : "";
        if (!REVISION.matcher(meant).matches() || !there.contains(meant)) {
            throw InvalidInput.of(
                    where,
                    given,
                    "must be a directory of " + SNAPSHOTS + " in it: "
                            + (files.exists(main) ? "refs/main names none that is there" : "there is no refs/main")
                            + ", and there are " + there.size());
        }
        return meant;
    }

    private static String read(FileSystem files, Path reference) throws IOException {
        byte[] bytes = new byte[128];
        int length = 0;
        try (FSDataInputStream in = files.open(reference)) {
            for (int read = in.read(bytes); read > 0; read = in.read(bytes, length, bytes.length - length)) {
                length += read;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    }
}
