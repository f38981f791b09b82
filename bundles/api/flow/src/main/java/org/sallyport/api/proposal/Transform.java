package org.sallyport.api.proposal;

/**
 * One algorithm by its IANA numbers. Immutable.
 *
 * @param type which kind
 * @param id IANA transform id within the type
 * @param keyBits the key length attribute, 0 when the algorithm has none
 */
public record Transform(TransformType type, int id, int keyBits) {
    /** Returns the readable name ("aes256gcm16"), or type and number where it has none. */
    public String readable() {
        return TransformNames.name(this);
    }

    @Override
    public String toString() {
        return readable();
    }
}
