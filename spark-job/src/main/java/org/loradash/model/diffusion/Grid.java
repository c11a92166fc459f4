package org.loradash.model.diffusion;

import java.util.function.UnaryOperator;
import org.loradash.autograd.Variable;

/**
 * Channels at the places of a picture.
 *
 * @param places height * width x channels: a row a place, line by line
 */
record Grid(Variable places, int height, int width) {
    int channels() {
        return places.value().columns();
    }

    /** The same picture with what is made of each place. */
    Grid with(UnaryOperator<Variable> made) {
        return new Grid(made.apply(places), height, width);
    }
}
