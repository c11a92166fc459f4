package org.loradash.benchmark.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.loradash.tsd.InvalidInput;

/**
 * PyTorch + PEFT in a Python that the user has: the scripts in benchmarks/peer.
 *
 * @param python the interpreter, a path or a name on the PATH
 */
public record Peer(String python) {
    private static final List<String> MODULES = List.of("torch", "transformers", "peft");
    private static final String PROBE = "import importlib.util, sys; print('missing', *[name for name in sys.argv[1:]"
            + " if importlib.util.find_spec(name) is None])";

    /**
     * Finds out whether it can run.
     *
     * @throws InvalidInput that says what is missing
     */
    public void check() {
        List<String> probe = new ArrayList<>(List.of(python, "-c", PROBE));
        probe.addAll(MODULES);
        String found;
        try {
            found = Launch.lastLine(probe, line -> {});
        } catch (IOException e) {
            throw InvalidInput.of(
                    "--python", python, "no such command: must be a Python with " + String.join(", ", MODULES));
        }
        String missing = found.replaceFirst("^missing ?", "");
        if (!missing.isEmpty()) {
            throw InvalidInput.of(
                    "--python",
                    python,
                    "has no " + missing.replace(" ", ", ") + "; must have them: pip install "
                            + String.join(" ", MODULES));
        }
    }

    /** Some training steps; returns what the script says. */
    public JsonNode train(List<String> arguments) {
        return run("torch_peft.py", arguments);
    }

    /** Some training steps of an encoder; returns what the script says. */
    public JsonNode trainEncoder(List<String> arguments) {
        return run("torch_encoder.py", arguments);
    }

    /** Some training steps of a U-Net; returns what the script says. */
    public JsonNode trainUnet(List<String> arguments) {
        return run("torch_unet.py", arguments);
    }

    /** Answers to prompts; returns what the script says. */
    public JsonNode generate(List<String> arguments) {
        return run("torch_generate.py", arguments);
    }

    /** Answers to rows, by a pipeline; returns what the script says. */
    public JsonNode predict(List<String> arguments) {
        return run("torch_predict.py", arguments);
    }

    private JsonNode run(String script, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(python);
        command.add(Launch.root().resolve("benchmarks/peer").resolve(script).toString());
        command.addAll(arguments);
        return Launch.json(command);
    }
}
