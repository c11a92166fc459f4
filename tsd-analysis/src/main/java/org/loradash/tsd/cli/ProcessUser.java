package org.loradash.tsd.cli;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.security.UserGroupInformation;

/** Who this process is, where the system knows its user's number and nothing else, as in containers with a user of their own. */
final class ProcessUser {
    /** What Java then says of the user's name and home. */
    private static final String UNKNOWN = "?";

    private ProcessUser() {}

    /**
     * Gives a user without a name one, HADOOP_USER_NAME or the number, without which Hadoop's login fails; and a home, HOME
     * or a new directory, without which native libraries would be unpacked into a directory with the name of a question mark.
     */
    static void logIn() {
        if (UNKNOWN.equals(System.getProperty("user.name")) && !UserGroupInformation.isSecurityEnabled()) {
            String name = given("HADOOP_USER_NAME").orElseGet(() -> "user-" + new UnixSystem().getUid());
            UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(name));
        }
        if (UNKNOWN.equals(System.getProperty("user.home"))) {
            System.setProperty(
                    "user.home",
                    given("HOME")
                            .filter(home -> Files.isWritable(Path.of(home)))
                            .orElseGet(ProcessUser::newHome));
        }
    }

    private static Optional<String> given(String variable) {
        return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
    }

    private static String newHome() {
        try {
            return Files.createTempDirectory("home").toString();
        } catch (IOException e) {
            throw new UncheckedIOException("java.io.tmpdir", e);
        }
    }
}
