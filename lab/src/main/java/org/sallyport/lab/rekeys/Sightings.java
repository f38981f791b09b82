package org.sallyport.lab.rekeys;

import java.util.Arrays;

/**
 * The datagrams of one direction as they crossed the outer wire, in that order: each with its own number and with the SPI
 * and the sequence number of the ESP packet that carried it. Not thread safe.
 */
public final class Sightings {
    private int[] numbers = new int[1 << 16];
    private int[] spis = new int[1 << 16];
    private int[] sequences = new int[1 << 16];
    private int size;

    /** Takes note of one. */
    public void add(int number, int spi, int sequence) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
            spis = Arrays.copyOf(spis, 2 * size);
            sequences = Arrays.copyOf(sequences, 2 * size);
        }
        numbers[size] = number;
        spis[size] = spi;
        sequences[size] = sequence;
        size++;
    }

    /** Returns how many there are. */
    public int size() {
        return size;
    }

    public int number(int index) {
        return numbers[index];
    }

    public int spi(int index) {
        return spis[index];
    }

    /** Returns the lower 32 bits of the sequence number. */
    public int sequence(int index) {
        return sequences[index];
    }
}
