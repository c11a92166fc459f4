package org.loradash.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import org.loradash.data.Origin;
import org.loradash.task.Preview.Example;
import org.loradash.task.Preview.Refused;
import org.loradash.task.Preview.Shown;
import org.loradash.task.Preview.Together;
import org.loradash.task.Viewer.View;

/** A record as a JSON object on a line of its own. */
record ShownAsJson(PrintWriter out, ObjectMapper json) implements ShownRecords {
    @Override
    public void show(Shown record) {
        if (record instanceof Together) {
            return;
        }
        ObjectNode line = json.createObjectNode();
        if (record instanceof Refused refused) {
            line.put("error", refused.why());
        } else if (record instanceof Example example) {
            describe(example, line);
        }
        try {
            out.println(json.writeValueAsString(line));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void describe(Example example, ObjectNode line) {
        View view = example.view();
        line.put("text", example.origin().map(Origin::text).orElse(view.text()));
        add(line.putArray("input_ids"), view.tokens());
        view.labels().ifPresent(labels -> add(line.putArray("labels"), labels));
        view.label().ifPresent(label -> {
            if (label instanceof Integer index) {
                line.put("labels", index);
            } else {
                line.put("labels", label.floatValue());
            }
        });
        view.className().ifPresent(name -> line.put("class", name));
        Optional<Origin.Asked> asked = example.origin().flatMap(Origin::asked);
        asked.ifPresent(prompt -> {
            line.put("prompt_text", prompt.text());
            add(line.putArray("prompt_input_ids"), prompt.tokens());
        });
    }

    private static void add(ArrayNode array, int[] numbers) {
        for (int number : numbers) {
            array.add(number);
        }
    }
}
