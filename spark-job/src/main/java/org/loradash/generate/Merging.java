package org.loradash.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.MergedModel;
import org.loradash.adapter.PeftAdapter;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Merge;
import org.loradash.model.ModelDirectory;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.WholeFile;

/** An adapter and its base model as one plain model directory. */
public final class Merging {
    private Merging() {}

    /**
     * Writes the base model with the adapter's change in its weights, each tensor in the type that it has in the base, with
     * the base's config and tokenizer. The directory is there whole or not at all.
     *
     * @param output must not exist
     * @throws InvalidInput where the output exists, there is no adapter, or it does not fit
     */
    public static void write(Tuned tuned, String output, int threads, Configuration hadoop) {
        String adapter = tuned.adapter()
                .orElseThrow(() -> InvalidInput.of(
                        "SOURCE", tuned.model(), "must have an adapter; this is a plain model already"));
        boolean pipeline =
                !ModelPath.of("SOURCE", tuned.base(), hadoop).equals(ModelPath.whole("SOURCE", tuned.base(), hadoop));
        if (pipeline) {
            throw InvalidInput.of(
                    "SOURCE",
                    tuned.base(),
                    "must be the adapter of a plain model; that of a pipeline stays beside its U-Net");
        }
        FileSystem files = FileSystems.of("OUTPUT", output, hadoop);
        try {
            files.setWriteChecksum(false);
            Path whole = files.makeQualified(FileSystems.path(output));
            if (files.exists(whole)) {
                throw InvalidInput.of("OUTPUT", output, "must not exist yet");
            }
            try (ModelDirectory base = ModelDirectory.open(hadoop, tuned.base());
                    Kernels kernels = KernelProvider.best().open(threads)) {
                ModelDirectory headed = PeftAdapter.headed(hadoop, base, adapter);
                Merge merge = PeftAdapter.changes(hadoop, headed, adapter).merge(kernels);
                Path aside = WholeFile.aside(whole);
                files.delete(aside, true);
                MergedModel.write(files, aside, merge, headed);
                if (!files.rename(aside, whole)) {
                    throw new IOException("cannot rename " + aside + " to " + whole.getName());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(output, e);
        }
    }
}
