package org.loradash.data;

/**
 * Where a record stands in its file, for messages: {@code data.jsonl line 3}, or {@code data.json record 8} where the file has
 * no lines that a person could count: an array, or rows that somebody else reads.
 *
 * @param file the file's path as the user gave it
 * @param record the record's number in the file, from 0; people read it from 1, as they do lines
 * @param line its line, from 1; 0 where it has none
 */
record RecordPosition(String file, long record, int line) {
    @Override
    public String toString() {
        return line > 0 ? file + " line " + line : file + " record " + (record + 1);
    }
}
