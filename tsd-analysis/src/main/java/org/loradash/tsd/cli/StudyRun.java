package org.loradash.tsd.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.analysis.Findings;
import org.loradash.tsd.analysis.Options;
import org.loradash.tsd.analysis.Progress;
import org.loradash.tsd.analysis.ResultFiles;
import org.loradash.tsd.analysis.Study;
import org.loradash.tsd.prediction.Cutoffs;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.JobRun;
import org.loradash.tsd.source.Task;

/**
 * From what was typed to files and a summary: opens everything, makes the study, writes it.
 *
 * @param parts what to find; given the tasks, once they are open
 */
record StudyRun(
        StudyOptions given,
        List<String> taskPaths,
        Optional<String> referencePath,
        Cutoffs cutoffs,
        Parts parts,
        PrintWriter out,
        PrintWriter err) {

    /** Which parts a study of those tasks has; refuses tasks that do not fit. */
    @FunctionalInterface
    interface Parts {
        Set<Study.Part> of(List<Task> tasks);
    }

    void run() {
        Configuration hadoop = given.hadoop();
        List<Task> opened = new ArrayList<>();
        try {
            for (String path : taskPaths) {
                opened.add(Task.open(path, hadoop));
            }
            List<Task> tasks = List.copyOf(opened);
            Optional<Task> reference = referencePath.map(path -> Task.open(path, hadoop));
            reference.ifPresent(opened::add);
            checkNames(opened);
            Set<Study.Part> found = parts.of(tasks);
            Options options = given.options(cutoffs, epsilon(tasks));
            try (BaseModel base = BaseModel.open("--base", base(opened), hadoop)) {
                make(new Study(base, tasks, reference, found, options, hadoop, new Progress(err)), hadoop);
            }
        } finally {
            opened.forEach(Task::close);
        }
    }

    private void make(Study study, Configuration hadoop) {
        study.check();
        ResultFiles files = ResultFiles.in("--output", given.output, hadoop);
        Findings findings = study.make();
        files.write(findings, given.directions);
        Path page = files.writeReport(Page.of(title(findings), findings, given.directions, cutoffs)
                .page()
                .render());
        Summary.lines(findings).forEach(out::println);
        out.println("report: " + Secrets.hidden(page.toString()));
        out.flush();
    }

    private String title(Findings findings) {
        return "Task-specific directions: " + String.join(", ", findings.tasks())
                + findings.reference().map(reference -> " against " + reference).orElse("");
    }

    private static void checkNames(List<Task> tasks) {
        Set<String> names = new HashSet<>();
        for (Task task : tasks) {
            if (!names.add(task.name())) {
                throw InvalidInput.of(
                        task.source().path(), "a second " + task.name(), "must have a name of its own: NAME=PATH");
            }
        }
    }

    private static double epsilon(List<Task> tasks) {
        return tasks.stream()
                .flatMap(task -> task.run().stream())
                .findFirst()
                .map(JobRun::epsilon)
                .orElse(1e-6);
    }

    private String base(List<Task> tasks) {
        if (given.base.isPresent()) {
            return given.base.get();
        }
        List<String> models = tasks.stream()
                .flatMap(task -> task.run().stream())
                .map(JobRun::model)
                .distinct()
                .toList();
        if (models.isEmpty()) {
            throw InvalidInput.of("--base", "absent", "must be the frozen model; only a run directory names its own");
        }
        if (models.size() > 1) {
            throw InvalidInput.of("--base", "absent", "must be given: the runs name " + String.join(" and ", models));
        }
        if (Secrets.hasPassword(models.get(0))) {
            throw InvalidInput.of("--base", "absent", "must be given: the run keeps no password of " + models.get(0));
        }
        return models.get(0);
    }
}
