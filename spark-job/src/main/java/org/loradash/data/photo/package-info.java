/**
 * Photos: from files of common formats to squares of numbers, as torchvision and Pillow make them, and back to files.
 *
 * <p>A {@link org.loradash.data.photo.PhotoFile} is checked before memory is taken for its pixels and turned as its EXIF says; a
 * {@link org.loradash.data.photo.Framing} makes a square of a {@link org.loradash.data.photo.Photo}.
 *
 * <p>May call: what lies in data, {@code tsd}. Must not know: records, tasks and models.
 */
package org.loradash.data.photo;
