package org.sallyport.api.sa;

/**
 * The versioned layout of an SA slot: memory that the kernel interface owns, the SAD allocates and fills, and the data
 * plane works on. Offsets and sizes in octets; numbers in native byte order; addresses in network order. Each field has
 * one writer: "sad" or "worker" (the one thread that owns the SA). A worker reads what sad writes with acquire semantics
 * where said.
 */
public final class SaSlotLayout {
    /** Value of {@link #VERSION} for this layout. */
    public static final int LAYOUT_VERSION = 3;

    /** Octets in a slot. */
    public static final int SIZE = 2048;

    /** int, sad. */
    public static final int VERSION = 0;
    /** int, sad, release/acquire: one of the STATE_ constants. */
    public static final int STATE = 4;
    /** int, sad: the SPI as it stands in the packet, as a number. */
    public static final int SPI = 8;
    /** int, sad: 50 or 51. */
    public static final int IP_PROTOCOL = 12;
    /** int, sad: 0 inbound, 1 outbound. */
    public static final int DIRECTION = 16;
    /** int, sad: {@link #MODE_TUNNEL} or {@link #MODE_TRANSPORT}. */
    public static final int MODE = 20;
    /** int, sad: {@link #FLAG_ESN}. */
    public static final int FLAGS = 24;
    /** int, sad: ENCR transform id, 0 with AH. */
    public static final int ENCRYPTION = 28;
    /** int, sad: cipher key length in bits. */
    public static final int KEY_BITS = 32;
    /** int, sad: INTEG transform id, 0 with an AEAD. */
    public static final int INTEGRITY = 36;
    /** int, sad: replay window in packets, a multiple of 64 from 64 to 8192. */
    public static final int REPLAY_WINDOW = 40;
    /** int, sad: the upper bits of the explicit IV, so that two owners never repeat a nonce (epoch or sender). */
    public static final int IV_PREFIX = 44;
    /** long, sad: epoch of the owner. */
    public static final int EPOCH = 48;
    /** long, sad: number of the lineage. */
    public static final int LINEAGE = 56;
    /** 32 octets, sad. */
    public static final int CIPHER_KEY = 64;
    /** 8 octets, sad: the salt, left-aligned. */
    public static final int SALT = 96;
    /** 64 octets, sad; of AES-GMAC key and salt. */
    public static final int INTEGRITY_KEY = 128;

    /** int, sad, release/acquire: odd while the path is being written; it changes with every new path (a seqlock). */
    public static final int PATH_VERSION = 192;
    /** int, sad: {@link #ENCAPSULATION_RAW}, {@link #ENCAPSULATION_UDP} or {@link #ENCAPSULATION_TCP}. */
    public static final int PATH_ENCAPSULATION = 196;
    /** int, sad: 4 or 6. */
    public static final int PATH_FAMILY = 200;
    /** int, sad: outer MTU, as the negotiator saw it. */
    public static final int PATH_MTU = 204;
    /** 16 octets, sad: IPv4 in the first four. */
    public static final int PATH_LOCAL_ADDRESS = 208;
    /** 16 octets, sad. */
    public static final int PATH_REMOTE_ADDRESS = 224;
    /** int, sad. */
    public static final int PATH_LOCAL_PORT = 240;
    /** int, sad. */
    public static final int PATH_REMOTE_PORT = 244;

    /** int, data plane, may change at any time: what the outer MTU has turned out to be, 0 while nobody knows more. */
    public static final int PATH_MTU_KNOWN = 248;

    /** long, sad, release/acquire: the highest sequence number that may be sent. */
    public static final int SEQ_LIMIT = 256;

    /** int, sad: with transport mode through an address translator 4 or 6, the family of the two that follow; else 0. */
    public static final int ORIGINAL_FAMILY = 264;
    /** int, sad, may change at any time: how packets are shared out, one of the SHARING_ constants. */
    public static final int SHARING = 268;
    /** 16 octets, sad: our address as the peer's checksums have it, IPv4 in the first four. */
    public static final int ORIGINAL_LOCAL_ADDRESS = 272;
    /** 16 octets, sad: the peer's address as its checksums have it. */
    public static final int ORIGINAL_REMOTE_ADDRESS = 288;

    /**
     * int, sad, may change at any time: in tunnel mode {@link #DSCP_COPIED}, or {@link #DSCP_SET} and in the lower six bits
     * the DSCP that outer headers get.
     */
    public static final int OUTER_DSCP = 304;

    /**
     * int, sad, may change at any time: in tunnel mode {@link #TCP_MSS_KEPT}, or the most that TCP may announce as its
     * maximum segment size where more would fit, {@link #TCP_MSS_FITTING} for no such bound.
     */
    public static final int TCP_MSS = 308;

    /**
     * int, sad, may change at any time: in tunnel mode {@link #TFC_NONE}, or the octets up to which shorter packets are
     * padded as far as that fits (RFC 4303 section 2.7), {@link #TFC_FITTING} when only that counts.
     */
    public static final int TFC_PADDING = 312;
    /** int, sad, may change at any time: in tunnel mode one of the DF_ constants, for outer IPv4 headers. */
    public static final int OUTER_DF = 316;

    /** long, worker: outbound the last number sent; inbound the highest authenticated (the window's top). */
    public static final int SEQUENCE = 320;
    /** long, worker: packets carried. */
    public static final int PACKETS = 328;
    /** long, worker: octets carried, inner packets. */
    public static final int OCTETS = 336;
    /** long, worker: boot time in nanoseconds when it was last used, 0 if never. */
    public static final int LAST_USED = 344;
    /** long, worker: outside the window or seen before. */
    public static final int DROPPED_REPLAY = 384;
    /** long, worker: integrity check failed. */
    public static final int DROPPED_INTEGRITY = 392;
    /** long, worker: inner packet outside the selectors. */
    public static final int DROPPED_SELECTORS = 400;
    /** long, worker: malformed, too long or too short. */
    public static final int DROPPED_SIZE = 408;
    /** long, worker: sequence limit reached. */
    public static final int DROPPED_LIMIT = 416;

    /** 1024 octets, worker: bit n of the replay window stands for a sequence number congruent to n modulo 8192. */
    public static final int REPLAY_BITMAP = 512;
    /** Octets of the bitmap. */
    public static final int REPLAY_BITMAP_SIZE = 1024;

    /** int, sad: the number of its {@link Share}, 0 for an ordinary SA. */
    public static final int SHARE = 1536;
    /** long, sad: with a share the number of the lineage beside which it stands. */
    public static final int FALLBACK = 1544;
    /** 64 octets, sad, may change at any time: with {@link #SHARING_BY_DSCP} the share of each DSCP, 0 for none. */
    public static final int DSCP_SHARES = 1600;

    /** Extended sequence numbers (RFC 4303 section 2.2.1). */
    public static final int FLAG_ESN = 1;

    public static final int ENCAPSULATION_RAW = 0;
    public static final int ENCAPSULATION_UDP = 1;
    public static final int ENCAPSULATION_TCP = 2;
    public static final int MODE_TUNNEL = 0;
    public static final int MODE_TRANSPORT = 1;

    public static final int DSCP_COPIED = 0;
    public static final int DSCP_SET = 0x40;

    public static final int DF_COPIED = 0;
    public static final int DF_SET = 1;
    public static final int DF_CLEARED = 2;

    public static final int TCP_MSS_KEPT = 0;
    public static final int TCP_MSS_FITTING = 0xffff;

    public static final int TFC_NONE = 0;
    public static final int TFC_FITTING = 0xffff;

    public static final int SHARING_NONE = 0;
    public static final int SHARING_BY_DSCP = 1;
    public static final int SHARING_BY_WORKER = 2;

    public static final int STATE_FREE = 0;
    public static final int STATE_RESERVED = 1;
    public static final int STATE_INSTALLED = 2;
    public static final int STATE_ACTIVE = 3;
    public static final int STATE_RETIRED = 4;
    public static final int STATE_DELETED = 5;

    private SaSlotLayout() {}
}
