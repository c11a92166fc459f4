package org.loradash.tsd.cli;

import com.sun.security.auth.module.UnixSystem;
import java.util.Optional;
import org.apache.hadoop.security.UserGroupInformation;

/** Who this process is for Hadoop's file systems. */
final class ProcessUser {
    /** What Java says where the system knows the user's number and no name, as in containers with a user of their own. */
    private static final String NAMELESS = "?";

    private ProcessUser() {}

    /** Gives a user without a name one, HADOOP_USER_NAME or the number: Hadoop's own login fails without. */
    static void logIn() {
        if (NAMELESS.equals(System.getProperty("user.name")) && !UserGroupInformation.isSecurityEnabled()) {
            String name = Optional.ofNullable(System.getenv("HADOOP_USER_NAME"))
                    .filter(given -> !given.isBlank())
                    .orElseGet(() -> "user-" + new UnixSystem().getUid());
            UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(name));
        }
    }
}
