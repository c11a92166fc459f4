package org.loradash.tsd.cli;

import org.loradash.tsd.prediction.Cutoffs;
import picocli.CommandLine.Option;

/** How recall and accuracy are counted. */
final class CutoffOptions {
    @Option(
            names = "--recalled",
            defaultValue = "4",
            paramLabel = "COUNT",
            description = "Recall: how many of the best true directions should be predicted; ${DEFAULT-VALUE}.")
    int recalled;

    @Option(
            names = "--predicted",
            defaultValue = "8",
            paramLabel = "COUNT",
            description = "How many directions are predicted; ${DEFAULT-VALUE}.")
    int predicted;

    @Option(
            names = "--accepted",
            defaultValue = "16",
            paramLabel = "COUNT",
            description = "Accuracy: among how many of the best true ones a predicted one is right; ${DEFAULT-VALUE}.")
    int accepted;

    Cutoffs cutoffs() {
        return new Cutoffs(recalled, predicted, accepted);
    }
}
