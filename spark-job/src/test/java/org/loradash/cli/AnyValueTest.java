package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.loradash.config.Key;
import org.loradash.config.Keys;
import org.loradash.config.Settings;

/** Whatever is given for a key is taken, or refused in one line that names the key. */
class AnyValueTest {
    private static Path configuration;

    @BeforeContainer
    static void write() throws IOException {
        configuration = Files.createTempFile("any", ".conf");
        Files.writeString(configuration, "run.output = o, model.path = m, data.train = t, training.steps = 1");
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(configuration);
    }

    @Provide
    Arbitrary<Key<?>> keys() {
        return Arbitraries.of(Keys.ALL);
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> edges = Arbitraries.of(
                "",
                " ",
                "null",
                "true",
                "no",
                "-0",
                "1e9",
                "1e-400",
                "0x10",
                "NaN",
                "Infinity",
                "[]",
                "[[]]",
                "{}",
                "{a = {b = []}}",
                "[null]",
                "\"\"",
                "\"\\u0000\"",
                "\"a\\nb\"",
                "[a, a]",
                "a,a",
                "[1, {a = 1}]");
        Arbitrary<String> numbers = Arbitraries.bigDecimals().map(Object::toString);
        Arbitrary<String> texts = Arbitraries.strings().all().ofMaxLength(60).filter(text -> !text.contains("${"));
        return Arbitraries.oneOf(edges, numbers, texts, texts.map(text -> "[" + text + "]"));
    }

    @Property(tries = 600)
    void isTakenOrRefusedInOneLineThatNamesItsKey(@ForAll("keys") Key<?> key, @ForAll("values") String value) {
        List<Settings> trained = new ArrayList<>();
        StringWriter err = new StringWriter();
        int status = LoraDash.run(
                new String[] {"train", configuration.toString(), "--set", key.name() + "=" + value},
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true),
                trained::add);
        if (status == 0) {
            assertThat(trained).hasSize(1);
            assertThat(err.toString()).isEmpty();
        } else {
            assertThat(status).isEqualTo(2);
            assertThat(trained).isEmpty();
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .matches("lora-dash: .+: .+ \\(.+\\)")
                    .contains(key.name())
                    .doesNotContainPattern("\\p{Cntrl}");
        }
    }
}
