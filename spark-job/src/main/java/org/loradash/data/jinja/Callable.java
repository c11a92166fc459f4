package org.loradash.data.jinja;

/** What can be called: a macro, a function, a method of a value. */
@FunctionalInterface
interface Callable {
    Object call(Rendering rendering, Arguments arguments);

    /** What takes arguments by its parameters' places and names. */
    interface Body {
        Object call(Rendering rendering, Arguments.Bound given);
    }

    /** @param signature its name and parameters, with blanks between */
    static Callable of(String signature, Body body) {
        String[] words = signature.split(" ");
        return (rendering, arguments) -> body.call(rendering, arguments.bind(words));
    }
}
