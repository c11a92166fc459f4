package org.loradash.tsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource({
        "s3a://key:hush@bucket/model, s3a://key:*********(redacted)@bucket/model",
        "s3a://key:hu/sh@bucket/model, s3a://key:*********(redacted)@bucket/model",
        "https://hush@host:5000/x, https://*********(redacted)@host:5000/x",
        "ftp://:hush@host, ftp://:*********(redacted)@host",
        "'[\"a://b:hush@c/d\", \"e://f:hush@g\"]', '[\"a://b:*********(redacted)@c/d\", \"e://f:*********(redacted)@g\"]'",
        "no such file hdfs://me:hush@host:8020/x (must be), no such file hdfs://me:*********(redacted)@host:8020/x (must be)"
    })
    void leavesPasswordsOutOfUris(String text, String shown) {
        assertThat(Secrets.hidden(text)).isEqualTo(shown).doesNotContain("hush");
        assertThat(Secrets.hasPassword(text)).isTrue();
        assertThat(Secrets.hidden(shown)).as("again").isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hdfs://me@host:8020/a@b",
                "hdfs://host:8020/a:b@c",
                "hdfs://host:8020",
                "http://host:5000/a@b",
                "abfs://container@account.dfs.core.windows.net/a:b",
                "file:///a:b@c",
                "s3a://bucket/a:b@c",
                "/a/b@c:d",
                "time 12:30 a@b"
            })
    void leavesEverythingElse(String text) {
        assertThat(Secrets.hidden(text)).isEqualTo(text);
        assertThat(Secrets.hasPassword(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "spark.hadoop.fs.s3a.secret.key, x",
        "spark.hadoop.fs.s3a.access.key, x",
        "spark.authenticate.secret, x",
        "spark.ssl.keyStorePassword, x",
        "spark.kubernetes.authenticate.oauthToken, x",
        "spark.executorEnv.AWS_SESSION_TOKEN, x",
        "spark.hadoop.fs.azure.account.key.me.blob.core.windows.net, x",
        "spark.hadoop.fs.s3a.encryption.key, x",
        "spark.driver.extraJavaOptions, -Djavax.net.ssl.trustStorePassword=x",
        "spark.yarn.dist.files, s3a://key:hush@bucket/a"
    })
    void knowsPropertiesThatHoldSecrets(String name, String value) {
        assertThat(Secrets.in(name, value, Optional.empty())).isTrue();
    }

    @Test
    void knowsWhatTheUsersPatternSays() {
        Optional<Pattern> more = Optional.of(Pattern.compile("(?i)badge"));
        assertThat(Secrets.in("spark.executorEnv.BADGE", "x", more)).isTrue();
        assertThat(Secrets.in("spark.executorEnv.NAME", "x", more)).isFalse();
        assertThat(Secrets.in("spark.task.cpus", "2", Optional.empty())).isFalse();
    }

    @Test
    void noMistakeTellsAPasswordOrIsMoreThanALine() {
        assertThat(new InvalidInput("model.path: s3a://key:hush@b\n\u001b[31m (must be)"))
                .hasMessage("model.path: s3a://key:*********(redacted)@b ?[31m (must be)");
        assertThat(new InvalidInput("x".repeat(1_000_000)).getMessage()).hasSizeLessThan(2100);
    }
}
