package org.loradash.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.ChatSettings;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.data.chat.ChatTemplate;
import org.loradash.data.chat.Conversation;
import org.loradash.generate.ChatRun;
import org.loradash.generate.Decoding;
import org.loradash.generate.Generated;
import org.loradash.generate.Painter;
import org.loradash.generate.TextGenerator;
import org.loradash.generate.Tuned;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.ModelPath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code generate SOURCE --instruction TEXT}. */
@Command(
        name = "generate",
        description =
                "Answers one prompt with an adapter, to try it by hand: with a text, which appears as it is made, or by a"
                        + " pipeline of pictures with a picture.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Without --beams, --temperature, --top-k and --top-p always the likeliest token comes next.",
            "",
            "Examples:",
            "  lora-dash generate runs/quickstart --instruction 'Is water wet? Answer format: true/false'",
            "  lora-dash generate runs/quickstart --prompt 'Once upon a time' --temperature 0.8 --top-p 0.95",
            "  lora-dash generate runs/quickstart --prompt 'Once upon a time' --base",
            "  lora-dash generate models/SmolLM2-135M-Instruct --chat 'Why is the sky blue?'",
            "  lora-dash generate models/sdxl --prompt 'a photo of a dog' --output dog.png --steps 30",
            "",
            "Exit status: 0 done; 2 a mistake in what was given, told in one line; 1 anything else."
        })
final class GenerateCommand implements Runnable {
    private final PrintWriter out;
    private final PrintWriter err;

    @Parameters(
            paramLabel = "SOURCE",
            description =
                    "A run's directory or configuration file, a PEFT adapter's directory, or a model's. Local or on"
                            + " any Hadoop file system.")
    private String source;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description =
                    "The text that is continued, as it stands; with a run that was trained on conversations (data.format"
                            + " = chat) what --chat says.")
    private String prompt;

    @Option(
            names = "--chat",
            paramLabel = "TEXT",
            description = "What a user says, put into the model's chat template.")
    private String chat;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "With --chat: the system's turn before it (otherwise the template's own, where it has one).")
    private String system;

    @Option(
            names = "--instruction",
            paramLabel = "TEXT",
            description = "An instruction, put into the template that training uses.")
    private String instruction;

    @Option(names = "--input", paramLabel = "TEXT", description = "The instruction's input.")
    private String input;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "The most new tokens (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(
            names = "--beams",
            paramLabel = "N",
            description = "Beam search with so many beams; the text comes at its end.")
    private Integer beams;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Tokens are drawn at random, from logits divided by T (otherwise 1).")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Drawn from the likeliest K tokens alone.")
    private Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Drawn from the likeliest tokens alone whose probabilities add up to P.")
    private Double topP;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the random draws: the same seed, the same text or picture (otherwise 0).")
    private Long seed;

    @Option(names = "--base", description = "The model without the adapter, for comparison.")
    private boolean base;

    @Option(
            names = "--model",
            paramLabel = "DIRECTORY",
            description = "The base model, where it is not where the run or the adapter says.")
    private String model;

    @Option(
            names = "--storage",
            paramLabel = "TYPE",
            description = "How weights are held in memory: float32, bfloat16, float16, int8 or nf4 (default: the run's"
                    + " model.storage; float32, the fastest, where there is no run).")
    private String storage;

    @Mixin
    private PictureOptions picture = new PictureOptions();

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all processors).")
    private Integer threads;

    GenerateCommand(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void run() {
        if (picture.asked()) {
            paint();
            return;
        }
        picture.refuse();
        String text = text();
        Decoding decoding = decoding();
        Optional<Storage> asked = storage();
        if (maxTokens < 1) {
            throw InvalidInput.of("--max-tokens", maxTokens, "must be at least 1");
        }
        Configuration hadoop = TrainCommand.hadoop();
        Tuned tuned = Tuned.of(source, Optional.ofNullable(model), hadoop);
        Storage held = asked.or(tuned::storage).orElse(Storage.FLOAT32);
        String directory = base ? tuned.base() : tuned.model();
        Optional<String> adapter = base ? Optional.empty() : tuned.adapter();
        Optional<ChatTemplate> template = template(directory, hadoop);
        err.println("loading " + directory + " as " + held.written()
                + adapter.map(path -> " with " + path).orElse(""));
        try (TextGenerator generator = TextGenerator.open(directory, adapter, held, Threads.of(threads), hadoop)) {
            long begin = System.nanoTime();
            Consumer<String> written = piece -> {
                out.print(piece);
                out.flush();
            };
            Generated generated = template.isPresent()
                    ? generator.answer(asking(text), template.get(), decoding, maxTokens, written)
                    : generator.generate(text, decoding, maxTokens, written);
            out.println();
            double seconds = (System.nanoTime() - begin) * 1e-9;
            int count = generated.tokens().length;
            err.println(String.format(
                    Locale.ROOT,
                    "%s in %.1f s (%s)",
                    Counted.of(count, "token"),
                    seconds,
                    generated.ended() ? "the text has ended" : "--max-tokens reached"));
        }
    }

    private void paint() {
        if (prompt == null || instruction != null || chat != null || input != null) {
            throw InvalidInput.of(
                    "--prompt", "absent", "must come with --output, and no --instruction, --chat or --input");
        }
        if (beams != null || temperature != null || topK != null || topP != null) {
            throw InvalidInput.of(
                    "--output", "a picture", "must come without --beams, --temperature, --top-k and --top-p");
        }
        Painter.Request request = picture.request(prompt, seed == null ? 0 : seed);
        Configuration hadoop = TrainCommand.hadoop();
        Optional<Storage> asked = storage();
        Tuned tuned = Tuned.of(source, Optional.ofNullable(model), hadoop);
        Storage held = asked.or(tuned::storage).orElse(Storage.FLOAT32);
        String directory = base ? tuned.base() : tuned.model();
        Optional<String> adapter = base ? Optional.empty() : tuned.adapter();
        err.println("loading " + directory + " as " + held.written()
                + adapter.map(path -> " with " + path).orElse(""));
        picture.write(new Painter(directory, adapter, held, Threads.of(threads), hadoop), request, hadoop, err);
    }

    private String text() {
        long given =
                Stream.of(prompt, instruction, chat).filter(Objects::nonNull).count();
        if (given != 1) {
            throw InvalidInput.of(
                    "--prompt, --instruction, --chat",
                    given == 0 ? "none given" : given + " given",
                    "exactly one of them must be");
        }
        if (system != null && chat == null) {
            throw InvalidInput.of("--system", system, "must come with --chat");
        }
        if (instruction == null && input != null) {
            throw InvalidInput.of("--input", input, "must come with --instruction, not with --prompt or --chat");
        }
        if (instruction != null) {
            return TextGenerator.prompt(instruction, input == null ? "" : input);
        }
        return prompt != null ? prompt : chat;
    }

    private Conversation asking(String question) {
        return system == null ? Conversation.asking(question) : Conversation.asking(system, question);
    }

    /** What a question is put into; nothing for a text that is continued as it stands. */
    private Optional<ChatTemplate> template(String directory, Configuration hadoop) {
        Optional<ChatSettings> trained = instruction == null ? ChatRun.settings(source, hadoop) : Optional.empty();
        Optional<ChatSettings> settings = chat == null ? trained : trained.or(() -> Optional.of(ChatSettings.USUAL));
        return settings.map(chosen -> {
            try {
                return ChatTemplate.open(hadoop, ModelPath.of("SOURCE", directory, hadoop), chosen);
            } catch (IOException failed) {
                throw new UncheckedIOException(directory, failed);
            }
        });
    }

    private Decoding decoding() {
        boolean sampling = temperature != null || topK != null || topP != null;
        if (beams != null && sampling) {
            throw InvalidInput.of("--beams", beams, "must come without --temperature, --top-k and --top-p");
        }
        if (seed != null && !sampling) {
            throw InvalidInput.of("--seed", seed, "must come with --temperature, --top-k or --top-p");
        }
        if (beams != null) {
            return new Decoding.Beams(beams);
        }
        return sampling
                ? new Decoding.Sampling(
                        temperature == null ? 1 : temperature,
                        topK == null ? 0 : topK,
                        topP == null ? 1 : topP,
                        seed == null ? 0 : seed)
                : new Decoding.Greedy();
    }

    private Optional<Storage> storage() {
        Optional<Storage> asked = Optional.ofNullable(storage)
                .map(text -> text.toLowerCase(Locale.ROOT))
                .flatMap(Storage::named);
        if (storage != null && asked.isEmpty()) {
            throw InvalidInput.of("--storage", storage, "must be float32, bfloat16, float16, int8 or nf4");
        }
        return asked;
    }
}
