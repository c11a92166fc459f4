package org.loradash.spark.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.loradash.config.TableSettings;
import org.loradash.spark.KryoRegistration;
import org.loradash.tsd.InvalidInput;

class SparkApplicationTest {
    private static final String REQUIRED = "spark.kryo.registrationRequired";
    private static final TableSettings.Source FILES = TableSettings.Source.AUTO;
    private static final String REGISTRATOR = "spark.kryo.registrator";

    @AfterEach
    void forget() {
        System.clearProperty(REQUIRED);
        System.clearProperty(REGISTRATOR);
        System.clearProperty("spark.serializer");
    }

    @Test
    void requiresRegistrationWhateverTheClustersDefaultsSay() {
        System.setProperty(REQUIRED, "false");
        System.setProperty("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
        System.setProperty(REGISTRATOR, "their.Registrator");
        SparkConf conf = SparkApplication.configuration(Map.of("spark.master", "local[2]"), 1, FILES);
        assertThat(conf.get(REQUIRED)).isEqualTo("true");
        assertThat(conf.get("spark.serializer")).isEqualTo("org.apache.spark.serializer.KryoSerializer");
        assertThat(conf.get(REGISTRATOR)).isEqualTo("their.Registrator," + KryoRegistration.class.getName());
    }

    @Test
    void doesNotRequireItOfTheConnectorsOfTables() {
        assertThat(SparkApplication.configuration(Map.of(), 1, TableSettings.Source.TABLE)
                        .get(REQUIRED))
                .isEqualTo("false");
    }

    @Test
    void refusesAConfigurationThatAsksForAnotherSerialisation() {
        assertThatThrownBy(() -> SparkApplication.configuration(Map.of(REQUIRED, "false"), 1, FILES))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(REQUIRED + ": false (must be true, or not given)");
        assertThatThrownBy(() -> SparkApplication.configuration(Map.of("spark.serializer", "a.B"), 1, FILES))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("spark.serializer: a.B (must be org.apache.spark.serializer.KryoSerializer, or not given)");
    }

    @Test
    void namesItsOwnRegistratorOnce() {
        String ours = KryoRegistration.class.getName();
        assertThat(SparkApplication.configuration(Map.of(), 1, FILES).get(REGISTRATOR))
                .isEqualTo(ours);
        assertThat(SparkApplication.configuration(Map.of(REGISTRATOR, "a.B, " + ours), 1, FILES)
                        .get(REGISTRATOR))
                .isEqualTo("a.B, " + ours);
    }
}
