package org.loradash.benchmark;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.loradash.benchmark.operation.StepProduct;
import org.loradash.tsd.InvalidInput;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code operations}: every operation of a step beside what it cannot beat. */
@Command(
        name = "operations",
        description = {
            "Every operation of a step, by JMH, in the shapes of SmolLM2-135M, computed by all processors together; each beside the"
                    + " rate of a large matrix product or of copying memory, whichever it comes nearer to."
        },
        mixinStandardHelpOptions = true)
final class OperationsCommand implements Callable<Integer> {
    private static final String CEILINGS = "CeilingBenchmark";
    private static final String PRODUCT = "product";

    @Option(
            names = "--only",
            defaultValue = ".*",
            description = "A regular expression of JMH's names, such as Attention.")
    private String only;

    @Option(names = "--seconds", defaultValue = "1", description = "Of one measurement (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--measurements",
            defaultValue = "3",
            description = "Of an operation, after two to warm up (default: ${DEFAULT-VALUE}).")
    private int measurements;

    @Option(names = "--threads", description = "Threads that compute together (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** What the threads together do in a second. */
    private record Rates(double calls, double floatingPointOperations, double bytes) {}

    @Override
    public Integer call() throws RunnerException {
        if (threads < 1) {
            throw InvalidInput.of("--threads", threads, "must be at least 1");
        }
        TimeValue time = TimeValue.milliseconds(Math.max(1, Math.round(seconds * 1000)));
        Options options = new OptionsBuilder()
                .include("\\." + CEILINGS + "\\.")
                .include("org\\.loradash\\.benchmark\\.operation\\..*" + only)
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .threads(1)
                .param("team", String.valueOf(threads))
                .forks(1)
                .warmupIterations(2)
                .warmupTime(time)
                .measurementIterations(measurements)
                .measurementTime(time)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(
                        options,
                        OutputFormatFactory.createFormatInstance(new PrintStream(System.err, true), VerboseMode.NORMAL))
                .run();
        print(rates(results));
        return 0;
    }

    private static Map<String, Rates> rates(Collection<RunResult> results) {
        Map<String, Rates> rates = new TreeMap<>();
        for (RunResult result : results) {
            rates.put(
                    name(result),
                    new Rates(
                            result.getPrimaryResult().getScore(),
                            secondary(result, "floatingPointOperations"),
                            secondary(result, "bytes")));
        }
        return rates;
    }

    private static double secondary(RunResult result, String name) {
        return result.getSecondaryResults().get(name).getScore();
    }

    private static String name(RunResult result) {
        String method = result.getParams().getBenchmark().replaceAll(".*\\.", "");
        String product = result.getParams().getParam(PRODUCT);
        if (product != null) {
            return StepProduct.valueOf(product).label();
        }
        return Stream.of("storage", "attention")
                .map(result.getParams()::getParam)
                .filter(Objects::nonNull)
                .map(kind -> " " + kind.toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining("", method, ""));
    }

    private void print(Map<String, Rates> rates) {
        double product = rates.remove("largeProduct").floatingPointOperations();
        double copy = rates.remove("largeCopy").bytes();
        System.out.printf(
                "On %d threads a large product makes %s GFLOP/s, a large copy moves %s GB/s.%n%n",
                threads, TextTable.number(product * 1e-9), TextTable.number(copy * 1e-9));
        TextTable table =
                new TextTable("operation", "microseconds", "GFLOP/s", "GB/s", "of what it cannot beat", "which is");
        rates.forEach((name, rate) -> {
            double ofProduct = rate.floatingPointOperations() / product;
            double ofCopy = rate.bytes() / copy;
            table.row(
                    name,
                    1e6 / rate.calls(),
                    rate.floatingPointOperations() * 1e-9,
                    rate.bytes() * 1e-9,
                    Math.max(ofProduct, ofCopy),
                    ofProduct > ofCopy ? "the product" : "the copy");
        });
        table.print();
    }
}
