package org.loradash.evaluate;

import java.io.Serializable;
import java.util.List;

/**
 * What a model is asked.
 *
 * @param index of the question in its set, from 0
 * @param prompt the text in front of the response
 * @param options the answers that it allows, two at least; empty where its set says them and the model writes its answer
 * @param answer the right one
 */
public record Question(int index, String prompt, List<String> options, String answer) implements Serializable {}
