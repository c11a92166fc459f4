package org.loradash.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;

class LocatedTest {
    @Test
    void relativePathsBeginWhereTheDriverWorksAndOthersStay(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("a.conf"),
                """
                run.output = out
                model.path = models/m
                data.train = ["data/a.json", "/data/b.json", "hdfs://name-node/c.json"]
                dash.cache = cache
                validation.data = v.json
                training.steps = 1
                """);
        Configuration hadoop = new Configuration();
        Settings given = new SettingsReader(hadoop).read(file.toString(), List.of());
        String here = Path.of("").toAbsolutePath().toUri().getPath();

        Settings located = Located.of(given, hadoop);

        assertThat(located.model().path()).isEqualTo("file:" + here + "models/m");
        assertThat(located.data().train())
                .containsExactly("file:" + here + "data/a.json", "/data/b.json", "hdfs://name-node/c.json");
        assertThat(located.dash().cache()).contains("file:" + here + "cache");
        assertThat(located.validation().data()).containsExactly("file:" + here + "v.json");
        assertThat(located.run()).isEqualTo(given.run());
    }
}
