package org.loradash.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Optional;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.task.Preview;
import org.loradash.task.Preview.Refused;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code show CONF [--records N] [--json] [--set key=value]...}. */
@Command(
        name = "show",
        description = {
            "Shows what the model will see of the first records of data.train: the text, its tokens with those that are"
                    + " learnt marked, and how many. Trains nothing. Of the keys of a configuration it needs model.path and data.train.",
            "A record that a chat template refuses is shown so, and makes the exit status 2."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ShowCommand implements Runnable {
    private final PrintWriter out;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many records (default: ${DEFAULT-VALUE}).")
    private int records;

    @Option(
            names = "--json",
            description = "One line a record: text, input_ids and labels, or the reason why a template refuses it.")
    private boolean json;

    private Optional<InvalidInput> refused = Optional.empty();

    ShowCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void run() {
        if (records < 1) {
            throw InvalidInput.of("--records", records, "must be at least 1");
        }
        SettingsForEvaluation settings = configuration.evaluationSettings();
        ShownRecords shown =
                json ? new ShownAsJson(out, new ObjectMapper()) : new ShownAsText(out, ShownAsText.colours());
        Preview.show(settings, TrainCommand.hadoop(), records, record -> {
            if (record instanceof Refused mistake && refused.isEmpty()) {
                refused = Optional.of(mistake.mistake());
            }
            shown.show(record);
            out.flush();
        });
        refused.ifPresent(first -> {
            throw first;
        });
    }
}
