package org.loradash.tsd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.loradash.tsd.analysis.Findings;
import org.loradash.tsd.analysis.TargetFindings;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.prediction.Cutoffs;
import org.loradash.tsd.report.RunReport;
import org.loradash.tsd.report.TsdReport;
import org.loradash.tsd.similarity.Similarity;

/** What a page shows of findings. */
final class Page {
    private Page() {}

    static TsdReport of(String title, Findings findings, int directions, Cutoffs cutoffs) {
        List<TsdReport.TaskRates> rates = new ArrayList<>();
        for (String task : findings.tasks()) {
            add(rates, task, findings, directions, target -> target.change(task));
        }
        findings.reference()
                .ifPresent(reference ->
                        add(rates, reference + " (reference)", findings, directions, TargetFindings::truth));
        return new TsdReport(
                title,
                rates,
                ("Recall: the share of the true top %d directions among the top %d predicted. Accuracy: the share of the"
                                + " top %d predicted that are within the true top %d. True is the change of W to the"
                                + " reference.")
                        .formatted(cutoffs.recalled(), cutoffs.predicted(), cutoffs.predicted(), cutoffs.accepted()),
                findings.predictions().stream()
                        .map(at -> new TsdReport.Predicted(
                                at.task(),
                                at.step().orElse(-1),
                                at.target().target().name().text(),
                                at.prediction().recall(),
                                at.prediction().accuracy()))
                        .toList(),
                similar(findings),
                findings.amplifications().stream()
                        .map(of -> new TsdReport.Amplified(
                                of.task(),
                                of.target().target().name().text(),
                                of.amplification().directions(),
                                of.amplification().atBoundary(),
                                of.amplification().atEnd()))
                        .toList(),
                findings.settings());
    }

    private static void add(
            List<TsdReport.TaskRates> rates,
            String name,
            Findings findings,
            int directions,
            Function<TargetFindings, Optional<CoreChange>> change) {
        List<RunReport.Target> targets = new ArrayList<>();
        for (TargetFindings target : findings.targets()) {
            change.apply(target)
                    .ifPresent(own -> targets.add(new RunReport.Target(
                            target.target().name().text(),
                            own.sigma(),
                            own.changeRates(),
                            own.directions(directions))));
        }
        rates.add(new TsdReport.TaskRates(name, targets));
    }

    private static List<TsdReport.Similar> similar(Findings findings) {
        List<TsdReport.Similar> similar = new ArrayList<>();
        for (TargetFindings target : findings.targets()) {
            for (TargetFindings.Pair pair : target.similarities()) {
                similar.add(new TsdReport.Similar(
                        target.target().name().text(), pair.first(), pair.second(), rows(pair.similarity())));
            }
        }
        return similar;
    }

    private static double[][] rows(Similarity similarity) {
        double[][] rows = new double[similarity.rows()][similarity.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = similarity.at(i, j);
            }
        }
        return rows;
    }
}
