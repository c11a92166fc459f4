package org.loradash.data;

/**
 * Where a record stands in its file, for messages: {@code data.jsonl line 3} or {@code data.json record 7}.
 *
 * @param file the file's path as the user gave it
 * @param record the record's number in the file, from 0
 * @param line its line, from 1, when the file is JSON lines; 0 when it is an array
 */
record RecordPosition(String file, long record, int line) {
    @Override
    public String toString() {
        return line > 0 ? file + " line " + line : file + " record " + record;
    }
}
