package org.sallyport.webui.internal.ui;

/** Draws the replay window: one tick for each of the last 64 sequence numbers, newest on the right. */
final class ReplayWindow {
    private static final int BITS = 64;
    private static final int BITS_PER_DIGIT = 4;
    private static final int HEIGHT = 12;

    private ReplayWindow() {}

    /**
     * An SVG path in a box of 64 by 12 with a tick where a packet was received.
     *
     * @param window hexadecimal digits, newest packet in the highest bit of the first
     */
    static String path(String window) {
        StringBuilder path = new StringBuilder();
        for (int bit = 0; bit < BITS && bit / BITS_PER_DIGIT < window.length(); bit++) {
            int digit = Character.digit(window.charAt(bit / BITS_PER_DIGIT), 16);
            if (digit >= 0 && (digit >> (BITS_PER_DIGIT - 1 - bit % BITS_PER_DIGIT) & 1) == 1) {
                path.append('M')
                        .append(BITS - 1 - bit)
                        .append(" 0h1v")
                        .append(HEIGHT)
                        .append("h-1z");
            }
        }
        return path.toString();
    }
}
