package org.sallyport.lab.net;

import java.nio.file.Path;

/** Moves the calling thread into a network namespace: setns(2) acts on one thread, not on the process. */
final class NamespaceThreads {
    private static final int CLONE_NEWNET = 0x40000000;

    private NamespaceThreads() {}

    /** Moves the calling platform thread for good; a virtual thread would take its carrier along. */
    static void enter(Path handle) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot enter a namespace: it shares its carrier");
        }
        int descriptor = LibC.open(handle.toString(), LibC.O_RDONLY_CLOEXEC);
        try {
            LibC.setns(descriptor, CLONE_NEWNET);
        } finally {
            LibC.close(descriptor);
        }
    }
}
