package org.loradash.task.denoising;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Seeds;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.photo.Framing;
import org.loradash.data.photo.PhotoFile;
import org.loradash.data.photo.PhotoFolder;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.diffusion.Autoencoder;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.model.diffusion.PromptEncoder.Prompt;
import org.loradash.tsd.io.FileSystems;

/**
 * {@code data.format = images}: a folder of photos. Latents and what a prompt says are computed here, once: the parts of the pipeline
 * are loaded one after the other, and each is let go before the next. With photos of a class there are as many records as there
 * are photos in the larger folder, and those of the other come again.
 */
final class PhotoRecords implements RecordReader<Pictures> {
    private final Photos photos;
    private final PipelineDirectory pipeline;
    private final Configuration hadoop;

    private PhotoRecords(Photos photos, PipelineDirectory pipeline, Configuration hadoop) {
        this.photos = photos;
        this.pipeline = pipeline;
        this.hadoop = hadoop;
    }

    /** @throws org.loradash.tsd.InvalidInput where a part of the pipeline is missing or unfit, or there are no photos of the class */
    static PhotoRecords open(Photos photos, Configuration hadoop) throws IOException {
        PipelineDirectory pipeline = PipelineDirectory.open(hadoop, photos.pipeline());
        ofClass(photos, hadoop);
        Prompts.check(pipeline, hadoop);
        return new PhotoRecords(photos, pipeline, hadoop);
    }

    private static List<Path> ofClass(Photos photos, Configuration hadoop) throws IOException {
        return photos.prior() == null
                ? List.of()
                : PhotoFolder.photos(hadoop, FileSystems.path(photos.prior()), "task.prior.photos");
    }

    @Override
    public void read(RecordFile folder, Sink<Pictures> sink) throws IOException {
        List<Path> subject = PhotoFolder.photos(hadoop, folder.path(), folder.setting());
        List<Path> prior = ofClass(photos, hadoop);
        try (Kernels kernels = KernelProvider.best().open(Runtime.getRuntime().availableProcessors())) {
            List<Prompt> prompts = Prompts.encode(
                    pipeline,
                    hadoop,
                    kernels,
                    photos.priorPrompt() == null
                            ? List.of(photos.prompt())
                            : List.of(photos.prompt(), photos.priorPrompt()));
            Encoding encoding = new Encoding(pipeline.autoencoder(), kernels, folder);
            for (int i = 0; i < Math.max(subject.size(), prior.size()); i++) {
                List<Latents> pictures = new ArrayList<>();
                pictures.add(encoding.latents(subject.get(i % subject.size()), i, prompts.get(0), 1));
                if (!prior.isEmpty()) {
                    pictures.add(encoding.latents(
                            prior.get(i % prior.size()), -1 - i, prompts.get(1), photos.priorWeight()));
                }
                sink.accept(new Pictures(pictures, 1));
            }
        }
    }

    private final class Encoding {
        private final Autoencoder autoencoder;
        private final Kernels kernels;
        private final RecordFile folder;

        Encoding(Autoencoder autoencoder, Kernels kernels, RecordFile folder) {
            this.autoencoder = autoencoder;
            this.kernels = kernels;
            this.folder = folder;
        }

        /** @param draw number of what is drawn for the photo's square, the same in every attempt */
        Latents latents(Path file, int draw, Prompt prompt, float share) throws IOException {
            int side = photos.framing().resolution();
            Framing.Framed framed = photos.framing()
                    .apply(PhotoFile.read(folder, file), new SplittableRandom(Seeds.mix(0, draw)), file.toString());
            Autoencoder.Posterior posterior =
                    autoencoder.encode(kernels, framed.square().scaled(), side, side);
            return new Latents(
                    posterior.height(),
                    posterior.width(),
                    scaled(posterior.mean()),
                    scaled(posterior.deviation()),
                    new float[0],
                    Latents.DRAWN,
                    prompt,
                    framed.conditions(),
                    share);
        }

        private float[] scaled(float[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] *= autoencoder.scale();
            }
            return values;
        }
    }
}
