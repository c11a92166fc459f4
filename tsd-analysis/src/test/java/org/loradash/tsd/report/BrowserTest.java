package org.loradash.tsd.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. */
class BrowserTest {
    @TempDir
    Path directory;

    @Test
    void thePageLoadsWithoutErrorsAndAsksNothingOfAnyone() throws IOException, InterruptedException {
        Chromium browser = Chromium.open(sample().page().render(), directory);
        assertThat(browser.console()).isEmpty();
        assertThat(browser.requests()).isEmpty();
        assertThat(browser.document())
                .as("the tip, which only the script makes")
                .contains("<div class=\"tip\" hidden=\"\"></div>");
    }

    @Test
    void ofATargetsChartsOneIsShown() throws IOException, InterruptedException {
        String document = Chromium.open(sample().page().render(), directory).document();
        assertThat(document.split("<div class=\"choice\">", -1))
                .as("one of each chooser: task, each task's target, task, target")
                .hasSize(1 + 1 + 2 + 1 + 1);
        assertThat(document).contains("<div class=\"choice\" hidden=\"\">");
    }

    @Test
    void pointingAtAPointSaysItsValues() throws IOException, InterruptedException {
        String point =
                """
                <script>
                const point=(mark,dx)=>{const svg=mark.closest('svg'),r=mark.getBoundingClientRect();
                svg.dispatchEvent(new PointerEvent('pointermove',{clientX:r.left+dx,clientY:r.top+r.height/2}));
                const p=document.createElement('p');p.className='said';
                p.textContent=document.querySelector('.tip').textContent;document.body.append(p)};
                addEventListener('load',()=>{const c=document.querySelector('circle');
                point(c,c.getBoundingClientRect().width/2);
                const m=document.querySelector('rect');point(m,m.getBoundingClientRect().width/2);
                const d=document.querySelector('path[data-values]');point(d,0)});
                </script></body>
                """;
        Chromium browser = Chromium.open(sample().page().render().replace("</body>", point), directory);
        assertThat(browser.console()).isEmpty();
        assertThat(browser.document())
                .contains("<p class=\"said\">q_proj: 0, ")
                .contains("<p class=\"said\">1, 1: 0.75</p>")
                .containsPattern("<p class=\"said\">all directions: [0-9]+, [0-9.e-]+</p>");
    }

    @Test
    void whatIsWrongWithAPageIsNoticed() throws IOException, InterruptedException {
        Chromium browser = Chromium.open(
                "<!DOCTYPE html><body><img src=\"http://example.org/a.png\"><script>nothing()</script></body>",
                directory);
        assertThat(browser.console()).anyMatch(line -> line.contains("nothing is not defined"));
        assertThat(browser.requests()).contains("GET http://example.org/a.png");
    }

    /** Every part: two tasks, steps, heat maps, amplification. */
    static TsdReport sample() {
        List<RunReport.Target> targets = RunReportTest.sample(2, 80, 10).targets();
        List<TsdReport.Predicted> predictions = new ArrayList<>();
        List<TsdReport.Amplified> amplified = new ArrayList<>();
        List<TsdReport.Similar> similar = new ArrayList<>();
        for (RunReport.Target target : targets) {
            for (long step = 10; step <= 30; step += 10) {
                predictions.add(new TsdReport.Predicted("one", step, target.name(), 0.75, 0.875));
                predictions.add(new TsdReport.Predicted("two", step, target.name(), step / 40.0, 0.5));
            }
            similar.add(new TsdReport.Similar(target.name(), "one", "two", new double[][] {{0.75, 0}, {0, 1}}));
            amplified.add(new TsdReport.Amplified(
                    "one", target.name(), new int[] {3, 1}, new float[] {0.1f, 0.05f}, new float[] {0.3f, 0.04f}));
        }
        return new TsdReport(
                "Task-specific directions: one, two",
                List.of(new TsdReport.TaskRates("one", targets), new TsdReport.TaskRates("two", targets)),
                "How they are counted.",
                predictions,
                similar,
                amplified,
                Map.of("model", "base"));
    }
}
