package org.loradash.tsd.analysis;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a study found.
 *
 * @param settings what it was made of and how, for people
 * @param tasks their names, in the order given
 * @param reference the name of what counts as the true change, if anything does
 * @param targets in the order of the model
 * @param predictions of every task, target and step, where there is a reference
 * @param amplifications of every run that reached its boundary, where asked for
 */
public record Findings(
        Map<String, String> settings,
        List<String> tasks,
        Optional<String> reference,
        List<TargetFindings> targets,
        List<Predictions.At> predictions,
        List<Amplifications.Of> amplifications) {}
