package org.loradash.generate;

/**
 * The largest of some values, best first; of equal ones the first.
 *
 * @param indices where they are
 * @param values themselves
 */
record Largest(int[] indices, float[] values) {

    /** @param count how many, at most as many as there are */
    static Largest of(float[] all, int count) {
        int[] indices = new int[count];
        float[] values = new float[count];
        int found = 0;
        for (int i = 0; i < all.length; i++) {
            float value = all[i];
            if (found == count && !(value > values[count - 1])) {
                continue;
            }
            int place = found < count ? found++ : count - 1;
            while (place > 0 && value > values[place - 1]) {
                values[place] = values[place - 1];
                indices[place] = indices[place - 1];
                place--;
            }
            values[place] = value;
            indices[place] = i;
        }
        return new Largest(indices, values);
    }

    /** Where the largest of all is. */
    static int index(float[] all) {
        int largest = 0;
        for (int i = 1; i < all.length; i++) {
            if (all[i] > all[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    /** The last of them. */
    float least() {
        return values[values.length - 1];
    }
}
