package org.sallyport.shell.internal;

/** A command cannot do what was asked; the message is a sentence for whoever typed it. */
final class SentenceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SentenceException(String sentence) {
        super(sentence);
    }
}
