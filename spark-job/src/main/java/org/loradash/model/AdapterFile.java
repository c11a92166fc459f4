package org.loradash.model;

/**
 * A file of an adapter's factors, beside PEFT's, that other software loads.
 *
 * @param name of the file
 * @param prefix before names of layers in it
 */
public record AdapterFile(String name, String prefix) {}
