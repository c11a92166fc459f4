package org.loradash.model.encoder;

import java.util.Set;
import java.util.regex.Pattern;
import org.loradash.model.WeightFiles;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** What an encoder's files hold besides its weights. */
final class OtherTensors {
    /** Numbers that count up, which older files keep; no weights. */
    private static final Pattern COUNTED = Pattern.compile(".*\\.embeddings\\.(position_ids|token_type_ids)");

    private OtherTensors() {}

    /**
     * Refuses tensors of the body that are not computed. Heads of other tasks, such as the one that a model was pre-trained
     * with, are passed over, as transformers does.
     *
     * @param computed names of those that are
     */
    static void refuse(EncoderNames names, Set<String> computed, WeightFiles files) {
        files.directory().names().stream()
                .filter(name ->
                        name.startsWith(names.body() + ".embeddings.") || name.startsWith(names.body() + ".encoder."))
                .filter(name ->
                        !computed.contains(name) && !COUNTED.matcher(name).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw InvalidInput.of(
                            files.directory().file(name).path() + ": tensor",
                            Message.oneLine(name),
                            "must be none that an encoder of this config.json does not compute");
                });
    }
}
