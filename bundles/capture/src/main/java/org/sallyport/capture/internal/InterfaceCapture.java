package org.sallyport.capture.internal;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures on one interface, on a thread of its own that only hands frames on: they are parsed elsewhere, so that the
 * kernel's buffer is emptied in time.
 */
final class InterfaceCapture implements AutoCloseable {
    /** Headers of two segments fit, and no payload beyond. */
    private static final int SNAP_LENGTH = 2048;

    private static final int KERNEL_BUFFER = 16 << 20;
    private static final int READ_TIMEOUT_MILLIS = 50;
    private static final int UNTIL_CLOSED = -1;
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceCapture.class);

    /** A frame on its way to the parser; frames are never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Frame(String networkInterface, LinkType link, byte[] bytes) {}

    private final String name;
    private final LinkType link;
    private final PcapHandle handle;
    private final BlockingQueue<Frame> parser;
    private final AtomicLong queueDropped;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean ended;

    private InterfaceCapture(
            String name, LinkType link, PcapHandle handle, BlockingQueue<Frame> parser, AtomicLong queueDropped) {
        this.name = name;
        this.link = link;
        this.handle = handle;
        this.parser = parser;
        this.queueDropped = queueDropped;
        this.thread = Thread.ofPlatform()
                .name("capture-" + name)
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .unstarted(this::run);
    }

    /**
     * Starts to capture.
     *
     * @throws PcapNativeException when libpcap cannot open the interface or does not accept the filter
     * @throws NotOpenException never before it is closed
     */
    static InterfaceCapture start(String name, String filter, BlockingQueue<Frame> parser, AtomicLong queueDropped)
            throws PcapNativeException, NotOpenException {
        PcapHandle handle = new PcapHandle.Builder(name)
                .snaplen(SNAP_LENGTH)
                .bufferSize(KERNEL_BUFFER)
                .timeoutMillis(READ_TIMEOUT_MILLIS)
                .build();
        try {
            LinkType link = LinkType.of(handle.getDlt().value())
                    .orElseThrow(() -> new PcapNativeException("link type " + handle.getDlt() + " is not supported"));
            handle.setFilter(filter, BpfCompileMode.OPTIMIZE);
            InterfaceCapture capture = new InterfaceCapture(name, link, handle, parser, queueDropped);
            capture.thread.start();
            return capture;
        } catch (PcapNativeException | NotOpenException e) {
            handle.close();
            throw e;
        }
    }

    /** Changes what is captured from here on. */
    void filter(String expression) throws PcapNativeException, NotOpenException {
        handle.setFilter(expression, BpfCompileMode.OPTIMIZE);
    }

    /** Tells whether the interface went away. */
    boolean hasEnded() {
        return ended;
    }

    /** Returns how many packets the kernel did not hand over. */
    long kernelDropped() {
        try {
            return handle.getStats().getNumPacketsDropped();
        } catch (PcapNativeException | NotOpenException e) {
            return 0;
        }
    }

    /** By callbacks: asking for one frame after the other costs memory that Java's collector has to see to. */
    private void run() {
        try {
            handle.loop(UNTIL_CLOSED, this::handOn);
        } catch (PcapNativeException | NotOpenException e) {
            if (!closing) {
                LOG.info("capture on {} ended: {}", name, e.getMessage());
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }

    private void handOn(byte[] bytes) {
        if (!parser.offer(new Frame(name, link, bytes))) {
            queueDropped.incrementAndGet();
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            // Without it the thread waits in the kernel until a packet comes, and keeps the handle from being closed.
            handle.breakLoop();
            thread.join();
        } catch (NotOpenException closedAlready) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handle.close();
    }
}
