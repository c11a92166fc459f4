package org.loradash.tsd.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A headless browser that is shown one file.
 *
 * @param document the page's HTML after its scripts have run
 * @param console what it wrote to the console, errors of scripts among it
 * @param requests what it asked of the network
 */
record Chromium(String document, List<String> console, List<String> requests) {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    /** Where it looks for the time and for new versions of itself, whatever it is shown. */
    private static final Pattern ITS_OWN =
            Pattern.compile("[A-Z]+ (https?://)?(clients2\\.google\\.com|update\\.googleapis\\.com)[:/].*");

    /** Opens a page; skips the test where there is no browser. */
    static Chromium open(String html, Path directory) throws IOException, InterruptedException {
        Optional<Path> browser = find();
        assumeTrue(browser.isPresent(), "skipped: no Chromium on the PATH (Debian: apt-get install chromium)");
        Path page = directory.resolve("page.html");
        Files.writeString(page, html);
        Path said = directory.resolve("said");
        Path document = directory.resolve("document");
        List<String> requests = new CopyOnWriteArrayList<>();
        HttpServer proxy = proxy(requests);
        try {
            List<String> command = new ArrayList<>(List.of(
                    browser.get().toString(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--user-data-dir=" + directory.resolve("profile"),
                    "--proxy-server=http://127.0.0.1:" + proxy.getAddress().getPort(),
                    "--enable-logging=stderr",
                    "--virtual-time-budget=2000",
                    "--dump-dom",
                    page.toUri().toString()));
            Process process = new ProcessBuilder(command)
                    .redirectOutput(document.toFile())
                    .redirectError(said.toFile())
                    .start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("Chromium did not end in two minutes");
            }
        } finally {
            proxy.stop(0);
        }
        List<String> console;
        try (var lines = Files.lines(said, StandardCharsets.ISO_8859_1)) {
            console = lines.filter(line -> line.contains("CONSOLE")).toList();
        }
        return new Chromium(Files.readString(document), console, List.copyOf(requests));
    }

    /** Everything that the browser would ask of other machines comes here, and is refused. */
    private static HttpServer proxy(List<String> requests) throws IOException {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            if (!ITS_OWN.matcher(request).matches()) {
                requests.add(request);
            }
            exchange.sendResponseHeaders(502, -1);
            exchange.close();
        });
        proxy.start();
        return proxy;
    }

    private static Optional<Path> find() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(directory -> !directory.isEmpty())
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
