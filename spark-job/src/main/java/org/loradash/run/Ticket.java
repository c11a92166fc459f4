package org.loradash.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What a driver says of itself in its file below {@code claims/}.
 *
 * @param host that it runs on
 * @param application Spark's identifier, once it is known
 * @param since when it came, by its host's clock
 * @param expirySeconds without a sign of life after which it wants to be taken for dead
 * @param held whether it has the directory; if not, it waits
 * @param beat how often it has given a sign of life
 */
record Ticket(String host, String application, String since, double expirySeconds, boolean held, long beat) {
    static final String UNKNOWN = "unknown";

    private static final ObjectMapper JSON = new ObjectMapper()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    /** Of what cannot be read: a driver that died while it wrote, or whose disk is full. */
    static Ticket unreadable(Duration expiry) {
        return new Ticket(UNKNOWN, UNKNOWN, UNKNOWN, expiry.toMillis() / 1e3, true, -1);
    }

    /** Whether it is what a driver has written. */
    boolean isReadable() {
        return beat >= 0;
    }

    static Ticket of(String host, Duration expiry) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Ticket(host, "not started", now, expiry.toMillis() / 1e3, false, 0);
    }

    Ticket next() {
        return new Ticket(host, application, since, expirySeconds, held, beat + 1);
    }

    Ticket holding() {
        return new Ticket(host, application, since, expirySeconds, true, beat);
    }

    Ticket withApplication(String identifier) {
        return new Ticket(host, identifier, since, expirySeconds, held, beat);
    }

    Duration expiry() {
        return Duration.ofMillis((long) (expirySeconds * 1e3));
    }

    byte[] bytes() {
        try {
            return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Nothing where it is no ticket, or only a part of one. */
    static Optional<Ticket> read(byte[] bytes) {
        try {
            Ticket ticket = JSON.readValue(bytes, Ticket.class);
            boolean whole = ticket.host != null && ticket.application != null && ticket.since != null;
            return Optional.of(ticket).filter(read -> whole && read.expirySeconds > 0);
        } catch (IOException cut) {
            return Optional.empty();
        }
    }

    /** For example {@code host a, application local-17, since 2026-01-01T00:00:00Z}. */
    String who() {
        return "host %s, application %s, since %s".formatted(host, application, since);
    }
}
