package org.loradash.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.SingularTriplets;
import org.loradash.evaluate.Question;
import org.loradash.evaluate.Questions;
import org.loradash.evaluate.TestSet;
import org.loradash.figure.Prediction;
import org.loradash.model.Target;
import org.loradash.model.WholeModule;
import org.loradash.spark.application.LocalSpark;
import org.loradash.spark.evaluation.ExaminingTask;
import org.loradash.spark.rounds.BatchMeasurement;
import org.loradash.spark.rounds.Gathered;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.train.Contribution;
import org.loradash.train.Contribution.Part;
import org.loradash.train.Group;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.loradash.train.WorkerReport.Seconds;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;
import scala.reflect.ClassTag$;

class KryoRegistrationTest {
    private static final Part PART = new Part(new float[] {1, 2}, new float[] {3, Float.MIN_VALUE}, new float[] {});
    private static final WorkerReport REPORT = new WorkerReport(
            1,
            List.of(new StepReport(7, 0.5, 30, 25, 20, 1e-4)),
            new WorkerReport.Failure(7, "no"),
            new Seconds(0.1, 0.2, 0.3));

    private static final Target TARGET = new Target("model.layers.0.self_attn.q_proj", 0, 2, 3);
    private static final SingularTriplets TRIPLETS = new SingularTriplets(
            new Directions(new int[] {1}, new float[] {0.6f, 0.8f}, new float[] {1, 0, 0}), new float[] {2});

    private final SerializerInstance kryo = new KryoSerializer(LocalSpark.strict("local")).newInstance();

    static Stream<Object> everythingThatTravels() {
        return Stream.of(
                PART,
                new Contribution(2, 1L << 40, PART),
                new RoundPart.Piece(new Contribution(2, 3, PART)),
                new RoundPart.Averaged(5, PART),
                new RoundPart.Reported(REPORT),
                new Gathered(0, List.of(new Contribution(0, 1, PART), new Contribution(1, 1, PART))),
                TrainingState.startingAt(new float[] {1, 2, 3}, List.of(new Group("factors", 3, 0, 0.1, true)))
                        .with(new Group("coordinates", 2, 0, 0.1, true)),
                new Adapter("pissa", 1, 2, List.of(TARGET), Map.of())
                        .withTriplets(Map.of(TARGET.name(), TRIPLETS))
                        .withModules(List.of(WholeModule.ofWeight("norm", 4))),
                new org.loradash.evaluate.Part("boolq", 32, 8),
                new Questions(
                        TestSet.BOOLQ, List.of(new Question(7, "prompt", List.of("true", "false"), "true")), "ab"),
                new ExaminingTask.Done("boolq", 8, 3, ""),
                new BatchMeasurement(4.5, 3, List.of(new Prediction(0, 1, new float[] {0.5f, -1}))),
                new Tuple2<>(3, new RoundPart.Averaged(3, PART)));
    }

    @ParameterizedTest
    @MethodSource("everythingThatTravels")
    void carriesWhatARoundSends(Object sent) {
        assertThat(copy(sent)).usingRecursiveComparison().isEqualTo(sent);
    }

    @Test
    void carriesFloatsOfAnyLengthBitForBit() {
        for (int length : new int[] {0, 1, 8191, 8192, 8193, 20_000}) {
            float[] array = new float[length];
            for (int i = 0; i < length; i++) {
                array[i] = Float.intBitsToFloat(0x7f800000 - 40 * i);
            }
            assertThat((float[]) copy(array)).as("%d floats", length).isEqualTo(array);
        }
    }

    @Test
    void carriesImmutableListsOfAnyLength() {
        for (List<Integer> list : List.of(List.<Integer>of(), List.of(1), List.of(1, 2), List.of(1, 2, 3))) {
            assertThat(copy(list)).isEqualTo(list);
        }
        assertThat(copy(Stream.of(1, 2, 3).toList())).isEqualTo(List.of(1, 2, 3));
    }

    @Test
    void carriesArraysOfNd4j() {
        INDArray array = Nd4j.createFromArray(1f, 2f, 3f);
        assertThat(copy(array)).isEqualTo(array);
    }

    @Test
    void refusesWhatIsNotRegistered() {
        assertThatThrownBy(() -> copy(new StringBuilder("stranger")))
                .hasMessageContaining("Class is not registered: java.lang.StringBuilder");
    }

    private Object copy(Object sent) {
        ByteBuffer bytes = kryo.serialize(sent, ClassTag$.MODULE$.apply(Object.class));
        return kryo.deserialize(bytes, ClassTag$.MODULE$.apply(Object.class));
    }
}
