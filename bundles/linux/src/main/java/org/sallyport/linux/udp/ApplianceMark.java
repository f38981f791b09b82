package org.sallyport.linux.udp;

/** The firewall mark (SO_MARK) on every packet that the appliance itself sends: the upper half is ours. */
public final class ApplianceMark {
    /** The mark's value under {@link #MASK}. */
    public static final int VALUE = 0x53a1_0000;

    /** The bits that count; the lower half is free for other users of marks. */
    public static final int MASK = 0xffff_0000;

    private ApplianceMark() {}
}
