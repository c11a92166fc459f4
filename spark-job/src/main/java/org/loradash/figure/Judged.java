package org.loradash.figure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record and what was predicted of it: a line of a file of predictions.
 *
 * @param set that the record is one of
 * @param file that has it
 * @param index of the record in the file, from 0
 * @param text what the record says, where that is known
 * @param classes names of the classes; empty where a value is predicted
 */
public record Judged(
        String set, String file, long index, Optional<String> text, Prediction prediction, List<String> classes) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The label as it is told: a class's name, or a value. */
    String label() {
        return told(prediction.label());
    }

    /** What is predicted, likewise. */
    String predicted() {
        return told(prediction.predicted());
    }

    private String told(float of) {
        return prediction.isOfClass() ? classes.get((int) of) : String.valueOf(of);
    }

    /** As JSON, with a line feed at the end. */
    public String line() {
        ObjectNode line =
                JSON.createObjectNode().put("set", set).put("index", index).put("file", file);
        text.ifPresent(said -> line.put("text", said));
        if (!prediction.isOfClass()) {
            return line.put("label", prediction.label()).put("predicted", prediction.predicted()) + "\n";
        }
        line.put("label", label()).put("predicted", predicted()).put("correct", prediction.isCorrect());
        ObjectNode probabilities = line.putObject("probabilities");
        ArrayNode logits = line.putArray("logits");
        double[] values = prediction.probabilities();
        for (int i = 0; i < values.length; i++) {
            probabilities.put(classes.get(i), values[i]);
            logits.add(prediction.outputs()[i]);
        }
        return line + "\n";
    }

    /** Reads a line; nothing where it is not one. */
    public static Optional<Judged> read(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            boolean placed = json != null
                    && json.path("set").isTextual()
                    && json.path("index").canConvertToLong()
                    && json.path("file").isTextual();
            return placed ? read(json) : Optional.empty();
        } catch (JsonProcessingException cut) {
            return Optional.empty();
        }
    }

    private static Optional<Judged> read(JsonNode json) {
        List<String> classes = new ArrayList<>();
        json.path("probabilities").fieldNames().forEachRemaining(classes::add);
        JsonNode told = classes.isEmpty() ? JSON.createArrayNode().add(json.path("predicted")) : json.path("logits");
        float[] outputs = new float[told.size()];
        for (int i = 0; i < outputs.length; i++) {
            if (!told.get(i).isNumber()) {
                return Optional.empty();
            }
            outputs[i] = told.get(i).floatValue();
        }
        JsonNode label = json.path("label");
        float given = classes.isEmpty() ? label.floatValue() : classes.indexOf(label.asText());
        boolean whole = classes.isEmpty()
                ? label.isNumber()
                : classes.size() > 1 && outputs.length == classes.size() && given >= 0;
        return whole
                ? Optional.of(new Judged(
                        json.get("set").textValue(),
                        json.get("file").textValue(),
                        json.get("index").longValue(),
                        Optional.ofNullable(json.path("text").textValue()),
                        new Prediction(0, given, outputs),
                        List.copyOf(classes)))
                : Optional.empty();
    }
}
