package org.loradash.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real train command in a process of its own. */
final class TrainProcess {
    private TrainProcess() {}

    /**
     * @param log what it says goes there, behind what is there already
     * @param options of its JVM
     */
    static Process start(Path configuration, Path log, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.add("-Xmx768m");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LoraDash.class.getName()));
        command.addAll(List.of("train", configuration.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
