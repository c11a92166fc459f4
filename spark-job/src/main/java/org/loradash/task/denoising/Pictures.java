package org.loradash.task.denoising;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.loradash.data.Codec;

/**
 * Pictures whose losses are added up: an example is one, and with prior preservation one of the class beside it; a batch those of all
 * its examples.
 *
 * @param examples how many
 */
record Pictures(List<Latents> latents, int examples) {
    /** As a store keeps one example: the length of each picture, and the picture. */
    static final Codec<Pictures> CODEC = new Codec<>() {
        @Override
        public int bytes(Pictures example) {
            return example.latents.stream()
                    .mapToInt(latents -> Math.addExact(Integer.BYTES, Latents.CODEC.bytes(latents)))
                    .reduce(0, Math::addExact);
        }

        @Override
        public void write(Pictures example, ByteBuffer to) {
            for (Latents latents : example.latents) {
                to.putInt(Latents.CODEC.bytes(latents));
                Latents.CODEC.write(latents, to);
            }
        }

        @Override
        public Pictures read(ByteBuffer from) {
            List<Latents> latents = new ArrayList<>();
            while (from.hasRemaining()) {
                int bytes = from.getInt();
                if (bytes < 1 || bytes > from.remaining()) {
                    throw new IllegalArgumentException(bytes + " bytes (must be within the example's)");
                }
                latents.add(
                        Latents.CODEC.read(from.slice(from.position(), bytes).order(from.order())));
                from.position(from.position() + bytes);
            }
            return new Pictures(latents, 1);
        }

        @Override
        public int size(Pictures example) {
            return Math.toIntExact(example.places());
        }

        @Override
        public int weight(Pictures example) {
            return 1;
        }
    };

    Pictures {
        latents = List.copyOf(latents);
    }

    static Pictures of(List<Pictures> examples) {
        return new Pictures(
                examples.stream().flatMap(example -> example.latents.stream()).toList(), examples.size());
    }

    long places() {
        return latents.stream().mapToLong(Latents::places).sum();
    }
}
