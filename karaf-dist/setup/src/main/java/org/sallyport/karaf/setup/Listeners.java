package org.sallyport.karaf.setup;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where an instance listens; what is absent stays as the distribution has it.
 *
 * @param address a numeric address or a host name of this machine
 * @param https the console's TCP port, 1 to 65535
 * @param ssh the shell's TCP port, 1 to 65535
 */
record Listeners(Optional<String> address, OptionalInt https, OptionalInt ssh) {}
