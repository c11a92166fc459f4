package org.loradash.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;

/** What a run leaves of its method, in a directory of its own. */
public enum Export {
    /** A PEFT adapter of the targets' changes. */
    ADAPTER("adapter", "adapter_config.json") {
        @Override
        public void write(
                FileSystem files,
                Path directory,
                Adapter adapter,
                Tensor parameters,
                String model,
                Configuration hadoop) {
            ChangeFactors changes = ChangeFactors.allocate(adapter);
            new ChainRule(adapter).changes(KernelProvider.best().open(), parameters, changes);
            PeftAdapter.write(files, directory, adapter, changes, model);
        }
    },
    /** The whole model with the changes in its weights. */
    MODEL("model", "config.json") {
        @Override
        public void write(
                FileSystem files,
                Path directory,
                Adapter adapter,
                Tensor parameters,
                String model,
                Configuration hadoop) {
            try (ModelDirectory base = ModelDirectory.open(hadoop, model)) {
                TrainedModel.write(files, directory, adapter, parameters, base);
            } catch (IOException e) {
                throw new UncheckedIOException(model, e);
            }
        }
    };

    private final String directory;
    private final String config;

    Export(String directory, String config) {
        this.directory = directory;
        this.config = config;
    }

    /** The name of its directory in that of the run. */
    public String directory() {
        return directory;
    }

    /** The file in it without which it is none. */
    public String config() {
        return config;
    }

    /**
     * Writes it; files already there are overwritten.
     *
     * @param directory of the files
     * @param parameters of the adapter, 1 x as many as it has
     * @param model the directory of the model that was adapted
     */
    public abstract void write(
            FileSystem files, Path directory, Adapter adapter, Tensor parameters, String model, Configuration hadoop);
}
