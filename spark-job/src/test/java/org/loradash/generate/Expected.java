package org.loradash.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;

/** What transformers generates with the tiny model: src-test-data/generate. */
final class Expected {
    static final JsonNode JSON = Fixtures.json(Fixtures.path("generate/expected.json"));
    static final String MODEL = Fixtures.path("tiny-llama/model").toString();
    static final int END = JSON.get("end").asInt();

    private Expected() {}

    static List<int[]> prompts() {
        return tokens(JSON.get("prompts"));
    }

    static List<int[]> tokens(JsonNode rows) {
        ObjectMapper mapper = new ObjectMapper();
        List<int[]> all = new ArrayList<>();
        rows.forEach(row -> all.add(mapper.convertValue(row, int[].class)));
        return all;
    }

    static Options options(Decoding decoding, int batch) {
        return options(decoding, Set.of(END), batch);
    }

    static Options options(Decoding decoding, Set<Integer> ends, int batch) {
        return new Options(decoding, JSON.get("max_tokens").asInt(), ends, batch);
    }

    static Decoder model(Storage storage) {
        return model(MODEL, storage);
    }

    static Decoder model(String path, Storage storage) {
        try (ModelDirectory directory = ModelDirectory.open(new Configuration(), path)) {
            return (Decoder) directory.load(storage);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
