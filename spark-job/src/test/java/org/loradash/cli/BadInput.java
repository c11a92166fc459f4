package org.loradash.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Something wrong that a person, or somebody who sends files, may give to a command.
 *
 * @param area what it is part of
 * @param broken what is wrong, in words; no other case has the same
 * @param breaking makes it so in a workspace where all is well
 * @param mayRun what Spark may be asked to do before it is noticed: {@link JobLog}
 */
record BadInput(String area, String broken, Breaking breaking, List<String> mayRun) {

    @FunctionalInterface
    interface Breaking {
        void in(Workspace workspace) throws IOException;
    }

    @Override
    public String toString() {
        return area + ": " + broken;
    }

    /** The cases of one area, as they are told. */
    static final class Area {
        private final String name;
        private final List<String> mayRun;
        private final List<BadInput> cases = new ArrayList<>();

        /** @param mayRun before a mistake is noticed */
        Area(String name, String... mayRun) {
            this.name = name;
            this.mayRun = List.of(mayRun);
        }

        Area with(String broken, Breaking breaking) {
            cases.add(new BadInput(name, broken, breaking, mayRun));
            return this;
        }

        /** One line of a configuration. */
        Area setting(String line) {
            return with("`" + line + "`", workspace -> workspace.set(line));
        }

        List<BadInput> cases() {
            return cases;
        }
    }
}
