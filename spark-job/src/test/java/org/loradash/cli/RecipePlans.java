package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.loradash.ChildJava;
import org.loradash.spark.training.TrainingJob;

/**
 * What the command `plan` says of recipes, told by config.json alone, in a process with the driver's heap and many cores that
 * the commands in the recipes ask for.
 *
 * @param said by all plans, one after another; each follows a line with its recipe
 */
record RecipePlans(List<String> said) {
    private static final String SEPARATOR = "|";

    /**
     * A recipe of conf for a model.
     *
     * @param model a directory with a config.json
     * @param settings given after {@code --set}
     */
    record Recipe(String file, Path model, List<String> settings) {
        private List<String> arguments() {
            List<String> arguments = new ArrayList<>(List.of("plan", file));
            settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
            arguments.addAll(List.of("--set", "spark.master=yarn", "--set", "model.path=" + model));
            return arguments;
        }

        private String command() {
            return String.join(SEPARATOR, arguments());
        }
    }

    /** Plans all in one process. */
    static RecipePlans make(List<Recipe> recipes) throws IOException, InterruptedException {
        ChildJava.Ended ended = ChildJava.run(
                RecipePlans.class,
                List.of("-Xmx8g", "-XX:ActiveProcessorCount=32", "-XX:+UseSerialGC"),
                recipes.stream().map(Recipe::command).toArray(String[]::new));
        assertThat(ended.status()).as(ended.output()).isZero();
        return new RecipePlans(ended.output().lines().toList());
    }

    public static void main(String[] commands) {
        PrintWriter out = new PrintWriter(System.out, true);
        for (String command : commands) {
            out.println(command);
            int status = LoraDash.run(command.split("[" + SEPARATOR + "]"), out, out, TrainingJob::run);
            out.println("status " + status);
        }
    }

    /** What the plan of one of the recipes has said; the last line is its status. */
    List<String> of(Recipe recipe) {
        int begin = said.indexOf(recipe.command());
        assertThat(begin).as("%s in %s", recipe, said).isNotNegative();
        List<String> rest = said.subList(begin + 1, said.size());
        int end = (int)
                rest.stream().takeWhile(line -> !line.startsWith("status ")).count();
        return rest.subList(0, end + 1);
    }
}
