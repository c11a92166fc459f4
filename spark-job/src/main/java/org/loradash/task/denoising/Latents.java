package org.loradash.task.denoising;

import java.nio.ByteBuffer;
import org.loradash.data.Codec;
import org.loradash.model.diffusion.PromptEncoder.Prompt;

/**
 * A picture as the U-Net learns of it.
 *
 * @param height of the latents, in places
 * @param mean channels x height x width, scaled for the U-Net
 * @param deviation of the posterior that latents are drawn from, like mean; empty where they are the mean
 * @param noise that is added, like mean; empty where it is drawn
 * @param timestep where noise is added, or {@link #DRAWN}
 * @param prompt what the U-Net is told of the picture
 * @param size six numbers of size and crop
 * @param share how much its loss counts
 */
record Latents(
        int height,
        int width,
        float[] mean,
        float[] deviation,
        float[] noise,
        int timestep,
        Prompt prompt,
        float[] size,
        float share) {
    /** In the place of a time step: one that is drawn. */
    static final int DRAWN = -1;

    /** As a store keeps it: lengths, then all numbers. */
    static final Codec<Latents> CODEC = new Codec<>() {
        @Override
        public int bytes(Latents latents) {
            long floats = (long) latents.mean.length
                    + latents.deviation.length
                    + latents.noise.length
                    + latents.prompt.states().length
                    + latents.prompt.pooled().length
                    + latents.size.length
                    + 1;
            return Math.toIntExact(LENGTHS * Integer.BYTES + floats * Float.BYTES);
        }

        @Override
        public void write(Latents latents, ByteBuffer to) {
            to.putInt(latents.height).putInt(latents.width).putInt(latents.timestep);
            to.putInt(latents.prompt.tokens()).putFloat(latents.share);
            for (float[] values : new float[][] {
                latents.mean,
                latents.deviation,
                latents.noise,
                latents.prompt.states(),
                latents.prompt.pooled(),
                latents.size
            }) {
                to.putInt(values.length);
                to.asFloatBuffer().put(values);
                to.position(to.position() + values.length * Float.BYTES);
            }
        }

        @Override
        public Latents read(ByteBuffer from) {
            int height = from.getInt();
            int width = from.getInt();
            int timestep = from.getInt();
            int tokens = from.getInt();
            float share = from.getFloat();
            float[] mean = floats(from);
            float[] deviation = floats(from);
            float[] noise = floats(from);
            Prompt prompt = new Prompt(tokens, floats(from), floats(from));
            return new Latents(height, width, mean, deviation, noise, timestep, prompt, floats(from), share);
        }

        private float[] floats(ByteBuffer from) {
            int length = from.getInt();
            if (length < 0 || length > from.remaining() / Float.BYTES) {
                throw new IllegalArgumentException(length + " numbers (must be within the example's bytes)");
            }
            float[] values = new float[length];
            from.asFloatBuffer().get(values);
            from.position(from.position() + length * Float.BYTES);
            return values;
        }

        @Override
        public int size(Latents latents) {
            return latents.places();
        }

        @Override
        public int weight(Latents latents) {
            return 1;
        }
    };

    /** Numbers beside those of arrays, and the arrays' lengths. */
    private static final int LENGTHS = 4 + 6;

    int places() {
        return height * width;
    }

    int channels() {
        return mean.length / places();
    }
}
