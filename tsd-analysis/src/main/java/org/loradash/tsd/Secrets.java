package org.loradash.tsd;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must not be shown or kept: passwords in URIs, and properties that hold secrets. Everything that is written into a
 * file or told to a person goes through here where it may hold one of them.
 */
public final class Secrets {
    /** What is shown in the place of a secret, as Spark shows it. */
    public static final String REDACTED = "*********(redacted)";

    /** user:password before a host. What looks like a host's port and path is none. */
    private static final Pattern IN_URI = Pattern.compile("(?<=://)([^\\s/@:?#]*):(?!\\d+(?:[/?#\\s]|$))[^\\s@]+@");

    /** A user alone before a web server's host is a token. Before a store's it is a container: {@code abfs://data@account}. */
    private static final Pattern TOKEN = Pattern.compile("(?<=\\bhttps?://)[^\\s/@:?#]+@");

    /**
     * What Spark itself redacts by default ({@code spark.redaction.regex}), and of Hadoop's list ({@code
     * hadoop.security.sensitive-config-keys}) what that leaves out.
     */
    private static final Pattern PROPERTY = Pattern.compile(
            "secret|password|token|access[.]?key|credential$|account\\.key|keystore\\.pass|encryption[.-]key",
            Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** The text without the passwords of the URIs in it: {@code s3a://user:password@bucket} keeps user and bucket. */
    public static String hidden(String text) {
        String hidden = Matcher.quoteReplacement(REDACTED) + "@";
        return IN_URI.matcher(TOKEN.matcher(text).replaceAll(hidden)).replaceAll("$1:" + hidden);
    }

    /** Whether there is a password that {@link #hidden} leaves out. */
    public static boolean hasPassword(String text) {
        return IN_URI.matcher(text).find() || TOKEN.matcher(text).find();
    }

    /**
     * Whether a property's name says that it holds a secret, or its value that there is one in it.
     *
     * @param more what is a secret besides, if anybody says so: Spark's own {@code spark.redaction.regex}
     */
    public static boolean in(String name, String value, Optional<Pattern> more) {
        return PROPERTY.matcher(name).find()
                || PROPERTY.matcher(value).find()
                || hasPassword(value)
                || more.filter(pattern -> pattern.matcher(name).find()
                                || pattern.matcher(value).find())
                        .isPresent();
    }
}
