package org.loradash.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.model.encoder.EncoderShape;
import picocli.CommandLine.Parameters;

/** The two files that most commands take. */
final class ModelArguments {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "A Hugging Face model directory, such as src-test-data/tiny-llama/model.")
    private String model;

    @Parameters(
            index = "1",
            paramLabel = "RECORDS",
            description =
                    "Records in data.format, such as src-test-data/arc-easy/train.json, taken in the file's order.")
    private Path records;

    String model() {
        return model;
    }

    Path records() {
        return records;
    }

    Decoder load() {
        try (ModelDirectory directory = open()) {
            return (Decoder) directory.load(Storage.FLOAT32);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int vocabularySize() {
        try (ModelDirectory directory = open()) {
            return directory.shape() instanceof EncoderShape encoder
                    ? encoder.config().vocabularySize()
                    : DecoderShape.of(directory).vocabularySize();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelDirectory open() {
        return ModelDirectory.open(new Configuration(), model);
    }
}
