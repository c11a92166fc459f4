package org.loradash.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.AnsweredRecord;
import org.loradash.data.InstructionRecord;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * The questions of one set.
 *
 * @param all in the order of the file, as many as are asked
 * @param sha256 of the whole file
 */
public record Questions(TestSet set, List<Question> all, String sha256) implements Serializable {
    private static final String DATA = "evaluation.data";

    /**
     * Reads all files, so that a mistake in the last one is told before the first question is asked.
     *
     * @return the sets of commonsense reasoning in their order, behind them others in that of the files
     * @throws InvalidInput for the first mistake: no files, a set without a name, a record without an answer or with one that is
     *     not allowed
     */
    public static List<Questions> read(EvaluationSettings settings, Configuration hadoop) {
        return read(settings, Asking.INSTRUCTION, hadoop);
    }

    /**
     * Likewise, for a model that is asked otherwise.
     *
     * @param prompt the text in front of a response
     */
    public static List<Questions> read(
            EvaluationSettings settings, Function<InstructionRecord, String> prompt, Configuration hadoop) {
        if (settings.data().isEmpty()) {
            throw InvalidInput.of(DATA, "missing", "must be a path or a list of paths, to be evaluated on");
        }
        Map<TestSet, String> files = new LinkedHashMap<>();
        for (int i = 0; i < settings.data().size(); i++) {
            String file = settings.data().get(i);
            TestSet set = settings.sets().isEmpty()
                    ? ofDirectory(file)
                    : TestSet.named("evaluation.sets", settings.sets().get(i));
            if (files.put(set, file) != null) {
                throw InvalidInput.of(
                        DATA, file, "is a second file of the set " + set.title() + "; must be the only one");
            }
        }
        List<Questions> sets = new ArrayList<>();
        files.forEach((set, file) -> sets.add(read(set, file, settings, prompt, hadoop)));
        sets.sort(Comparator.comparingInt(questions -> questions.set().place()));
        return List.copyOf(sets);
    }

    private static TestSet ofDirectory(String file) {
        Path parent = FileSystems.path(file).getParent();
        String name = parent == null ? "" : parent.getName();
        try {
            return TestSet.named(DATA, name);
        } catch (InvalidInput unknown) {
            throw new InvalidInput(
                    DATA + ": " + file + " (its directory " + name
                            + " is no name of a set; evaluation.sets must give one)",
                    unknown);
        }
    }

    private static Questions read(
            TestSet set,
            String file,
            EvaluationSettings settings,
            Function<InstructionRecord, String> prompt,
            Configuration hadoop) {
        int most = settings.records() == 0 ? Integer.MAX_VALUE : settings.records();
        AnsweredRecord.File read = AnsweredRecord.read(hadoop, FileSystems.path(file), DATA, most);
        List<Question> questions = new ArrayList<>();
        for (AnsweredRecord record : read.records()) {
            questions.add(question(questions.size(), record, prompt.apply(record.instruction()), set, settings.by()));
        }
        return new Questions(set, List.copyOf(questions), read.sha256());
    }

    private static Question question(
            int index, AnsweredRecord record, String prompt, TestSet set, EvaluationSettings.By by) {
        boolean ownAnswers = set.answers().isEmpty();
        List<String> options = by == EvaluationSettings.By.LIKELIHOOD || ownAnswers
                ? AnswerFormat.of(record.instruction().instruction())
                        .orElseThrow(() -> InvalidInput.of(
                                record.place(),
                                "no answer format",
                                "%s an instruction must end like: Answer format: %s"
                                        .formatted(
                                                ownAnswers
                                                        ? "in the set " + set.title()
                                                        : "for evaluation.by = likelihood",
                                                ownAnswers ? "yes/no" : String.join("/", set.answers()))))
                : List.of();
        List<String> allowed = options.isEmpty() ? set.answers() : options;
        if (!allowed.contains(record.answer())) {
            throw InvalidInput.of(
                    record.place() + ": answer",
                    shown(record.answer()),
                    "must be " + String.join(" or ", allowed) + ", for the set " + set.title());
        }
        return new Question(index, prompt, options, record.answer());
    }

    private static String shown(String answer) {
        String line = answer.lines().findFirst().orElse("").strip();
        return line.length() > 80 ? line.substring(0, 80) + " ..." : line;
    }
}
