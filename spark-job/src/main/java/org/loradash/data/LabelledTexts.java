package org.loradash.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.loradash.config.TableSettings;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.data.tokenizer.TextTokenizer.Tokens;
import org.loradash.tsd.InvalidInput;

/**
 * Reads the {@code text} format: tables of a text or a pair of texts, and a label.
 *
 * @param label nothing where no label is known: it is 0 then
 */
record LabelledTexts(TableSettings table, TextTokenizer tokenizer, TextRecords.Limits limits, Optional<Label> label)
        implements RecordReader<LabelledTokens> {
    @Override
    public void read(RecordFile file, Sink<LabelledTokens> sink) throws IOException {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("data.columns.text", table.text(), false));
        table.pair().ifPresent(pair -> columns.add(new Column("data.columns.pair", pair, false)));
        if (label.isPresent()) {
            columns.add(new Column("data.columns.label", table.label(), true));
        }
        Table.of(table, file)
                .forEach(file, columns, (values, position) -> sink.accept(record(columns, values, position)));
    }

    private LabelledTokens record(List<Column> columns, String[] values, RecordPosition position) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                throw InvalidInput.of(
                        position.toString(),
                        "no " + columns.get(i).name(),
                        "a record must have what " + columns.get(i).key() + " names");
            }
        }
        Tokens tokens = tokenizer.encode(values[0], table.pair().map(pair -> values[1]));
        check(tokens, position);
        float learnt = label.map(known -> known.of(values[values.length - 1], position))
                .orElse(0f);
        return new LabelledTokens(tokens.ids(), types(tokens.types()), learnt);
    }

    private void check(Tokens tokens, RecordPosition position) {
        for (int token : tokens.ids()) {
            if (token >= limits.vocabularySize()) {
                throw InvalidInput.of(
                        position.toString(),
                        "token " + token + " of the tokenizer",
                        "must be from 0 to " + (limits.vocabularySize() - 1)
                                + ", the model's vocabulary; the tokenizer is another model's");
            }
        }
    }

    /** A model with one type of tokens does not tell texts apart by it. */
    private byte[] types(int[] given) {
        byte[] types = new byte[given.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = (byte) Math.min(given[i], limits.types() - 1);
        }
        return types;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
