package org.loradash.data.photo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/** A folder of photos. */
public final class PhotoFolder {
    /** Of one subject there are a few, of a class some hundreds. */
    private static final int MOST = 100_000;

    private PhotoFolder() {}

    /**
     * The files of a folder in the order of their names, those aside that begin with a dot or an underscore.
     *
     * @param setting the configuration key that names it, for messages
     * @throws InvalidInput where there is no such folder, there is none in it, or more than are allowed
     */
    public static List<Path> photos(Configuration configuration, Path folder, String setting) throws IOException {
        FileSystem files = FileSystems.of(setting, folder, configuration);
        List<Path> photos = new ArrayList<>();
        try {
            RemoteIterator<FileStatus> entries = files.listStatusIterator(folder);
            while (entries.hasNext()) {
                FileStatus entry = entries.next();
                String name = entry.getPath().getName();
                if (entry.isFile() && !name.startsWith(".") && !name.startsWith("_")) {
                    photos.add(entry.getPath());
                }
                if (photos.size() > MOST) {
                    throw InvalidInput.of(setting, folder, "must have at most " + MOST + " photos");
                }
            }
        } catch (FileNotFoundException missing) {
            throw new InvalidInput(setting + ": " + folder + " (must be a folder of photos; there is none)", missing);
        }
        if (photos.isEmpty()) {
            throw InvalidInput.of(setting, folder, "must be a folder with photos in it");
        }
        photos.sort((one, other) -> one.getName().compareTo(other.getName()));
        return photos;
    }
}
