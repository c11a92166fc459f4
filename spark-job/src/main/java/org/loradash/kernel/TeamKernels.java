package org.loradash.kernel;

import java.util.stream.Stream;
import org.loradash.config.TrainingSettings.Arithmetic;

/**
 * Operations in parts that a team computes, each member with scratch memory of its own. Cuts depend on shapes alone and
 * sums are taken in the order of parts, so results have the same bits whatever the number of members.
 */
final class TeamKernels implements Kernels {
    private final KernelProvider provider;
    private final Team team;
    private final Arithmetic arithmetic;
    private final Scratch[] scratches;
    private double[] sums = {};

    TeamKernels(KernelProvider provider, Team team, Arithmetic arithmetic) {
        this.provider = provider;
        this.team = team;
        this.arithmetic = arithmetic;
        this.scratches = Stream.generate(() -> new Scratch(arithmetic))
                .limit(team.members())
                .toArray(Scratch[]::new);
    }

    @Override
    public double run(Operation operation) {
        Cut cut = operation.cut();
        int parts = cut.parts();
        if (parts == 1) {
            return provider.compute(operation, scratches[0]);
        }
        if (sums.length < parts) {
            sums = new double[parts];
        }
        double[] ofParts = sums;
        team.run(
                parts,
                (member, part) -> ofParts[part] = provider.compute(cut.part().apply(part), scratches[member]));
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            sum += ofParts[part];
        }
        return sum;
    }

    @Override
    public Arithmetic arithmetic() {
        return arithmetic;
    }

    @Override
    public void close() {
        team.close();
    }
}
