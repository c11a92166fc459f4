package org.loradash.task.denoising;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.TensorInfo;

/**
 * {@code data.format = latents}: a safetensors file whose tensors have a row for each record. Their names: latents [N, channels,
 * height, width], noise likewise and timesteps [N], which are drawn where they are absent, prompt_embeds [N, tokens, width], pooled [N,
 * width] and time_ids [N, 6].
 *
 * @param steps time steps are below it
 */
record LatentRecords(Widths widths, int steps) implements RecordReader<Pictures> {
    private static final String NOISE = "noise";
    private static final String TIMESTEPS = "timesteps";
    private static final int MOST_SIDE = 4096;
    private static final int MOST_TOKENS = 1 << 14;

    @Override
    public void read(RecordFile record, Sink<Pictures> sink) throws IOException {
        record.readWhole();
        try (TensorFile file = TensorFile.open(record.path().getFileSystem(record.configuration()), record.path())) {
            TensorInfo latents = tensor(file, "latents", -1, widths.channels(), -1, -1);
            int records = (int) Math.min(Integer.MAX_VALUE, latents.shape()[0]);
            int height = side(file, latents, 2, MOST_SIDE);
            int width = side(file, latents, 3, MOST_SIDE);
            boolean drawn = !file.tensors().containsKey(NOISE);
            TensorInfo noise = drawn ? latents : tensor(file, NOISE, records, widths.channels(), height, width);
            TensorInfo prompts = tensor(file, "prompt_embeds", records, -1, widths.prompt());
            int tokens = side(file, prompts, 1, MOST_TOKENS);
            TensorInfo pooled = tensor(file, "pooled", records, widths.pooled());
            TensorInfo sizes = tensor(file, "time_ids", records, Widths.SIZE);
            long[] timesteps = timesteps(file, records);
            for (int i = 0; i < records; i++) {
                sink.accept(new Pictures(
                        List.of(new Latents(
                                height,
                                width,
                                row(file, latents, i),
                                new float[0],
                                drawn ? new float[0] : row(file, noise, i),
                                (int) timesteps[i],
                                new Prompt(tokens, row(file, prompts, i), row(file, pooled, i)),
                                row(file, sizes, i),
                                1)),
                        1));
            }
        }
    }

    private long[] timesteps(TensorFile file, int records) {
        if (!file.tensors().containsKey(TIMESTEPS)) {
            long[] drawn = new long[records];
            Arrays.fill(drawn, Latents.DRAWN);
            return drawn;
        }
        TensorInfo tensor = file.tensor(TIMESTEPS);
        checkShape(file, tensor, records);
        long[] timesteps = file.readLongs(TIMESTEPS);
        for (int i = 0; i < records; i++) {
            if (timesteps[i] < 0 || timesteps[i] >= steps) {
                throw file.refused(tensor, i, timesteps[i], "must be from 0 to " + (steps - 1));
            }
        }
        return timesteps;
    }

    /** @param shape with -1 where any length will do */
    private static TensorInfo tensor(TensorFile file, String name, int... shape) {
        TensorInfo tensor = file.tensor(name);
        if (!tensor.type().isFloating()) {
            throw InvalidInput.of(file.path() + ": tensor " + tensor, tensor.type(), "must be F64, F32, F16 or BF16");
        }
        checkShape(file, tensor, shape);
        return tensor;
    }

    private static void checkShape(TensorFile file, TensorInfo tensor, int... shape) {
        long[] found = tensor.shape();
        boolean fits = found.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = found[i] > 0 && (shape[i] < 0 || found[i] == shape[i]);
        }
        if (!fits) {
            throw InvalidInput.of(
                    file.path() + ": tensor " + tensor.name(),
                    Arrays.toString(found),
                    "must be " + Arrays.toString(shape).replace("-1", "any")
                            + ", as the U-Net and other tensors have it");
        }
    }

    private static int side(TensorFile file, TensorInfo tensor, int dimension, int most) {
        long side = tensor.shape()[dimension];
        if (side > most) {
            throw InvalidInput.of(
                    file.path() + ": tensor " + tensor.name(),
                    Arrays.toString(tensor.shape()),
                    "must have at most " + most + " there");
        }
        return (int) side;
    }

    private static float[] row(TensorFile file, TensorInfo tensor, int row) {
        int size = Math.toIntExact(tensor.elements() / tensor.shape()[0]);
        float[] values = new float[size];
        file.readFloats(tensor, (long) row * size, values, size);
        return values;
    }
}
