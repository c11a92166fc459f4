package org.loradash.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.loradash.Fixtures;

/** A tiny encoder that reads words, and texts for it. */
final class TextModel {
    private static final List<String> WORDS = List.of("water", "light", "soil", "the", "##s", "is", "a", "b");

    private TextModel() {}

    /** Its files in a directory. */
    static Path in(Path directory) throws IOException {
        Path model = Files.createDirectories(directory.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Fixtures.path("golden/bert/model").resolve(file), model.resolve(file));
        }
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        tokens.addAll(WORDS);
        IntStream.range(tokens.size(), 90).forEach(token -> tokens.add("word" + token));
        Files.write(model.resolve("vocab.txt"), tokens);
        return model;
    }

    /** Texts of water and of soil, and which of them they are of. */
    static Dataset<Row> texts(SparkSession session, int partitions) {
        StructType schema = new StructType()
                .add("id", DataTypes.LongType)
                .add("sentence", DataTypes.StringType)
                .add("about", DataTypes.StringType);
        List<Row> rows = new ArrayList<>();
        for (long i = 0; i < 40; i++) {
            String about = i % 3 == 0 ? "water" : "soil";
            String more = "word" + (20 + i);
            rows.add(RowFactory.create(i, "the %s is %s, \"light\"".formatted(about, more), about));
        }
        return session.createDataFrame(rows, schema).repartition(partitions);
    }
}
