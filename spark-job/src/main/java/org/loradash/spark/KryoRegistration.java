package org.loradash.spark;

import com.esotericsoftware.kryo.Kryo;
import de.javakaffee.kryoserializers.UnmodifiableCollectionsSerializer;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.spark.serializer.KryoRegistrator;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.SingularTriplets;
import org.loradash.data.Dropped;
import org.loradash.data.ShardSummary;
import org.loradash.evaluate.Part;
import org.loradash.evaluate.Question;
import org.loradash.evaluate.Questions;
import org.loradash.evaluate.TestSet;
import org.loradash.figure.Prediction;
import org.loradash.kernel.NativeLibrary;
import org.loradash.model.Target;
import org.loradash.model.WholeModule;
import org.loradash.model.WholeTensor;
import org.loradash.spark.application.ImmutableListSerializer;
import org.loradash.spark.application.RecordSerializer;
import org.loradash.spark.evaluation.ExaminingTask;
import org.loradash.spark.rounds.BatchMeasurement;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.Gathered;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.spark.rounds.StageKey;
import org.loradash.spark.source.RowHash;
import org.loradash.spark.source.RowShard;
import org.loradash.train.Contribution;
import org.loradash.train.Group;
import org.loradash.train.StepReport;
import org.loradash.train.TrainingState;
import org.loradash.train.WorkerReport;
import org.nd4j.kryo.Nd4jRegistrator;
import scala.Tuple2;

/**
 * Every class that a run sends through Kryo: set {@code spark.kryo.registrator} to this class's name. Sufficient with
 * {@code spark.kryo.registrationRequired}.
 */
public final class KryoRegistration implements KryoRegistrator {
    private static final List<Class<? extends Record>> RECORDS = List.of(
            TrainingState.class,
            Contribution.class,
            Contribution.Part.class,
            WorkerReport.class,
            WorkerReport.Failure.class,
            WorkerReport.Seconds.class,
            StepReport.class,
            StageKey.class,
            Chunk.class,
            Gathered.class,
            RoundPart.Piece.class,
            RoundPart.Averaged.class,
            RoundPart.Reported.class,
            ShardSummary.Written.class,
            ShardSummary.Refused.class,
            RowHash.class,
            RowShard.class,
            Dropped.class,
            Target.class,
            WholeModule.class,
            WholeTensor.class,
            Adapter.class,
            Directions.class,
            SingularTriplets.class,
            Part.class,
            Question.class,
            Questions.class,
            TestSet.class,
            ExaminingTask.Done.class,
            BatchMeasurement.class,
            Prediction.class,
            Group.class);

    /** What Spark's own tasks say of the columns of files. */
    private static final List<DataType> COLUMN_TYPES = List.of(
            DataTypes.NullType,
            DataTypes.BooleanType,
            DataTypes.ByteType,
            DataTypes.ShortType,
            DataTypes.IntegerType,
            DataTypes.LongType,
            DataTypes.FloatType,
            DataTypes.DoubleType,
            DataTypes.StringType,
            DataTypes.BinaryType,
            DataTypes.DateType,
            DataTypes.TimestampType,
            DataTypes.TimestampNTZType,
            DataTypes.createDecimalType(),
            DataTypes.createArrayType(DataTypes.NullType),
            DataTypes.createMapType(DataTypes.StringType, DataTypes.NullType),
            new StructType());

    @Override
    public void registerClasses(Kryo kryo) {
        // ND4J's registrator loads ND4J, in whichever process makes the first serialiser.
        NativeLibrary.select();
        new Nd4jRegistrator().registerClasses(kryo);
        for (Class<? extends Record> type : RECORDS) {
            kryo.register(type, new RecordSerializer<>(type));
        }
        ImmutableListSerializer.register(kryo);
        COLUMN_TYPES.forEach(type -> kryo.register(type.getClass()));
        kryo.register(LinkedHashMap.class);
        UnmodifiableCollectionsSerializer.registerSerializers(kryo);
        kryo.register(float[].class, new FloatArraySerializer());
        for (Class<?> type : List.of(
                double[].class,
                int[].class,
                long[].class,
                Object[].class,
                String[].class,
                StructField.class,
                StructField[].class,
                Metadata.class,
                Tuple2.class,
                Tuple2[].class)) {
            kryo.register(type);
        }
    }
}
