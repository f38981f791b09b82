package org.sallyport.linux.poll;

/** Something that the kernel can be asked to watch. */
public interface Pollable {
    /** Returns the file descriptor, valid as long as its owner keeps it open. Never to be closed or read by others. */
    int descriptor();
}
