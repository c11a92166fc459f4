package org.loradash.spark.application;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.ModelSettings;
import org.loradash.model.Backbone;
import org.loradash.model.ModelDirectory;

/** The frozen model of this process: loaded once, shared by all its tasks, until another one is asked for. */
public final class FrozenModels {
    private static ModelSettings loadedFrom;
    private static Backbone loaded;

    private FrozenModels() {}

    public static synchronized Backbone of(ModelSettings source, Configuration hadoop) {
        if (!source.equals(loadedFrom)) {
            // The old one may go before the new one comes: two may not fit.
            clear();
            try (ModelDirectory directory = ModelDirectory.open(hadoop, source.path())) {
                loaded = directory.load(source.storage());
                loadedFrom = source;
            } catch (IOException e) {
                throw new UncheckedIOException(source.path(), e);
            }
        }
        return loaded;
    }

    /** Lets the model go. */
    public static synchronized void clear() {
        if (loaded != null) {
            loaded = null;
            loadedFrom = null;
            // Weights lie outside the heap. Their memory comes back when the collector finds that no task uses them,
            // and a heap that has room gives it no reason to look before the next model is loaded.
            System.gc();
            FreedMemory.giveBack();
        }
    }
}
