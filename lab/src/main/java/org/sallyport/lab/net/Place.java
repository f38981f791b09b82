package org.sallyport.lab.net;

import java.util.List;

/** Where programs run: in a namespace, or on this machine itself. */
public interface Place {
    /** This machine itself. */
    Place MACHINE = new Place() {
        @Override
        public List<String> inside(List<String> arguments) {
            return List.copyOf(arguments);
        }

        @Override
        public String toString() {
            return "this machine";
        }
    };

    /** The argument list that runs the given one there. */
    List<String> inside(List<String> arguments);
}
