package org.loradash.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** What a generator and its model have in common. */
public interface GeneratorParams extends LoraDashParams {
    /** The column of what is asked. */
    default Param<String> promptCol() {
        return new Param<>(this, "promptCol", "the column of prompts");
    }

    /** The column of what is asked about, where there is one. */
    default Param<String> contextCol() {
        return new Param<>(this, "contextCol", "the column of what the prompts are about, where there is one");
    }

    /** The column of right answers. */
    default Param<String> responseCol() {
        return new Param<>(this, "responseCol", "the column of responses to learn");
    }

    /** The column of conversations, in place of the other three. */
    default Param<String> messagesCol() {
        return new Param<>(
                this, "messagesCol", "the column of conversations, arrays of role and content, in place of prompts");
    }

    /** The value of {@link #promptCol}. */
    default String getPromptCol() {
        return getOrDefault(promptCol());
    }

    /** The value of {@link #contextCol}. */
    default String getContextCol() {
        return getOrDefault(contextCol());
    }

    /** The value of {@link #responseCol}. */
    default String getResponseCol() {
        return getOrDefault(responseCol());
    }

    /** The value of {@link #messagesCol}. */
    default String getMessagesCol() {
        return getOrDefault(messagesCol());
    }

    /** What {@link LoraDashGenerator} calls a record's prompt, and the columns of it. */
    default Map<String, String> prompt() {
        if (isDefined(messagesCol())) {
            return Map.of("messages", getMessagesCol());
        }
        Map<String, String> prompt = new LinkedHashMap<>();
        prompt.put("instruction", getPromptCol());
        if (isDefined(contextCol())) {
            prompt.put("input", getContextCol());
        }
        return prompt;
    }
}
