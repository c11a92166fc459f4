package org.loradash.spark.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.train.Contribution.Part;
import org.loradash.train.StepReport;
import org.loradash.train.WorkerReport;
import org.loradash.train.WorkerReport.Seconds;
import scala.Tuple2;

class RoundResultTest {
    private static final WorkerReport.Failure NOT_A_NUMBER = new WorkerReport.Failure(9, "the loss is NaN");
    private static final List<Chunk> CHUNKS = List.of(new Chunk(0, 1), new Chunk(1, 2));

    @Test
    void leavesInChunksWithTheReportLast() {
        List<Tuple2<Integer, RoundPart>> parts = parts(null, 1);
        assertThat(parts).extracting(Tuple2::_1).containsExactly(0, 1, 2);
        assertThat(parts.get(1)._2()).isInstanceOf(RoundPart.Piece.class);
        assertThat(reported(parts).failed()).isEmpty();
    }

    @Test
    void isAFailureWhereAParameterIsNotFinite() {
        assertThat(reported(parts(null, Float.POSITIVE_INFINITY)).failed())
                .contains(new WorkerReport.Failure(9, "the parameters or their moments are not finite"));
    }

    @Test
    void isNothingButItsReportAfterAFailure() {
        List<Tuple2<Integer, RoundPart>> parts = parts(NOT_A_NUMBER, 1);
        assertThat(parts).extracting(Tuple2::_1).containsExactly(2);
        assertThat(reported(parts).failed()).contains(NOT_A_NUMBER);
    }

    private static List<Tuple2<Integer, RoundPart>> parts(WorkerReport.Failure failure, float secondParameter) {
        WorkerReport report =
                new WorkerReport(0, List.of(new StepReport(9, 1, 2, 2, 1, 0.1)), failure, new Seconds(0, 0, 0));
        RoundResult result = new RoundResult(report, chunk -> {
            float[] parameters = {chunk.from() == 0 ? 1 : secondParameter};
            return new Part(parameters, new float[1], new float[1]);
        });
        List<Tuple2<Integer, RoundPart>> parts = new ArrayList<>();
        result.parts(CHUNKS).forEachRemaining(parts::add);
        return parts;
    }

    private static WorkerReport reported(List<Tuple2<Integer, RoundPart>> parts) {
        return ((RoundPart.Reported) parts.get(parts.size() - 1)._2()).report();
    }
}
