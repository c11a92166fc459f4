package org.loradash.adapter;

import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.kernel.Kernels;
import org.loradash.model.ModelDirectory;
import org.loradash.tsd.io.ModelConfig;
import org.loradash.tsd.io.WholeFile;

/** What a run leaves of its method, in a directory of its own. */
public enum Export {
    /** A PEFT adapter of the targets' changes, with the modules trained whole. */
    ADAPTER("adapter", "adapter_config.json") {
        @Override
        public void write(
                FileSystem files,
                Path directory,
                ModuleChanges changes,
                ModelDirectory base,
                Optional<String> taskType,
                Kernels kernels) {
            PeftAdapter.write(files, directory, changes, PeftAdapter.Base.of(base, taskType));
            // What the head's outputs are called, which PEFT's own files cannot tell.
            MergedModel.otherwise(base, false)
                    .ifPresent(config -> WholeFile.write(files, new Path(directory, ModelConfig.FILE), config));
        }
    },
    /** The whole model with the changes in its weights. */
    MODEL("model", "config.json") {
        @Override
        public void write(
                FileSystem files,
                Path directory,
                ModuleChanges changes,
                ModelDirectory base,
                Optional<String> taskType,
                Kernels kernels) {
            MergedModel.write(files, directory, changes.merge(kernels), base);
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
     * @param base the model that was adapted
     * @param taskType what PEFT calls the task; nothing where PEFT knows none
     */
    public abstract void write(
            FileSystem files,
            Path directory,
            ModuleChanges changes,
            ModelDirectory base,
            Optional<String> taskType,
            Kernels kernels);
}
