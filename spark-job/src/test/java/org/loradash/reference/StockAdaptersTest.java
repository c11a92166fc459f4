package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.Differences.assertClose;
import static org.loradash.Differences.doubles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ModuleChanges;
import org.loradash.adapter.PeftAdapter;
import org.loradash.adapter.PeftStart;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.model.WholeModule;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.source.PeftLora;

/** Adapters that stock PEFT wrote have its logits here: as they are, and as what a run of a larger rank starts from. */
class StockAdaptersTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    static Stream<Path> models() throws IOException {
        try (Stream<Path> fixtures = Files.list(Fixtures.path("golden"))) {
            return fixtures
                    .map(fixture -> fixture.resolve("model"))
                    .filter(model -> Files.exists(model.resolve("config.json")))
                    .filter(StockAdaptersTest::isDecoder)
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static boolean isDecoder(Path model) {
        try (ModelDirectory files = ModelDirectory.open(HADOOP, model.toString())) {
            return files.shape() instanceof DecoderShape;
        } catch (IOException | RuntimeException another) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheLogitsOfPeft(Path model) throws IOException, InterruptedException {
        Process make = new ProcessBuilder(
                        RealModelTest.given("LORADASH_PYTHON").toString(),
                        Fixtures.path("peft/make_adapters.py").toString(),
                        model.toString(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(make.getInputStream().readAllBytes());
        assertThat(make.waitFor()).as(said).isZero();
        try (ModelDirectory files = ModelDirectory.open(HADOOP, model.toString());
                Stream<Path> made = Files.list(directory)) {
            Decoder decoder = (Decoder) files.load(Storage.FLOAT32);
            for (Path adapter : made.sorted().toList()) {
                check(files, decoder, adapter);
            }
        }
    }

    private static void check(ModelDirectory files, Decoder decoder, Path adapter) throws IOException {
        Kernels kernels = KernelProvider.best().open();
        try (TensorFile expected = TensorFile.open(
                Fixtures.localFiles(),
                new org.apache.hadoop.fs.Path(
                        adapter.resolve("expected.safetensors").toUri()))) {
            int count = (int) expected.tensor("logits").shape()[0];
            int vocabulary = (int) expected.tensor("logits").shape()[1];
            int[] tokens = IntStream.range(0, count)
                    .map(i -> (3 + 37 * i) % Math.min(200, vocabulary))
                    .toArray();
            float[] logits = expected.readFloats("logits");
            for (ModuleChanges changes :
                    List.of(PeftAdapter.changes(HADOOP, files, adapter.toString()), started(files, adapter, kernels))) {
                Tensor ours = decoder.logits(
                        Tape.forward(kernels, new Arena()), tokens, new int[] {0, tokens.length}, changes);
                assertClose(adapter.toString(), ours, doubles(logits), 1e-4);
            }
        }
    }

    /** What a run of rank 6 and another scale starts from, on the kinds of layers that the adapter has. */
    private static ModuleChanges started(ModelDirectory files, Path adapter, Kernels kernels) throws IOException {
        boolean oneScale;
        List<String> kinds;
        List<WholeModule> modules;
        try (PeftLora given = PeftLora.open(adapter.toString(), HADOOP)) {
            oneScale = given.config().isOfOneScale();
            kinds = given.modules().stream()
                    .map(name -> name.substring(name.lastIndexOf('.') + 1))
                    .toList();
            modules = files.shape().modules().stream()
                    .filter(module -> given.config().trainsWhole(module.name()))
                    .toList();
        }
        List<Target> targets = files.targets().stream()
                .filter(target -> kinds.contains(target.kind()))
                .toList();
        Adapter run =
                new Adapter("lora", oneScale ? 4 : 6, oneScale ? 1.5 : 0.7, targets, Map.of()).withModules(modules);
        PeftStart start = PeftStart.read(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(adapter.toUri()), run, 1);
        float[] parameters = Arrays.copyOf(start.factors(), run.parameters());
        for (int i = 0; i < run.wholeTensors().size(); i++) {
            float[] whole = start.whole().get(run.wholeTensors().get(i).name());
            System.arraycopy(whole, 0, parameters, run.wholeRanges().get(i).from(), whole.length);
        }
        return ModuleChanges.of(run, Tensor.of(1, parameters.length, parameters), kernels);
    }
}
