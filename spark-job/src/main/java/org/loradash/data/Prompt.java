package org.loradash.data;

/**
 * The text that a model sees before the response: Alpaca's template, as used by the commonsense experiments of
 * LLM-Adapters (arXiv 2304.01933) and of LoRA-Dash (arXiv 2409.01035). The response follows it without a space, and
 * the end-of-text token follows the response.
 */
public final class Prompt {
    private Prompt() {}

    /** The prompt of a record, ending where its output begins. */
    public static String of(InstructionRecord record) {
        return record.input().isEmpty()
                ? """
                Below is an instruction that describes a task. \
                Write a response that appropriately completes the request.

                ### Instruction:
                %s

                ### Response:
                """
                        .formatted(record.instruction())
                : """
                Below is an instruction that describes a task, paired with an input that provides further context. \
                Write a response that appropriately completes the request.

                ### Instruction:
                %s

                ### Input:
                %s

                ### Response:
                """
                        .formatted(record.instruction(), record.input());
    }
}
