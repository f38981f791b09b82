package org.sallyport.interceptor.internal.seccomp;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Where launchers come, and how many programs are served. */
@ObjectClassDefinition(name = "Sallyport interceptor", description = "Programs under seccomp supervision")
@interface FrontEndSettings {
    @AttributeDefinition(name = "Socket", description = "Path of the Unix socket where launchers connect")
    String socket() default "/run/sallyport/interceptor.sock";

    @AttributeDefinition(name = "Supervised programs", description = "Listeners served at once", min = "1")
    int maximum_programs() default 1024;

    @AttributeDefinition(name = "Supervised programs of one user", description = "Of one user at once", min = "1")
    int maximum_programs_per_user() default 256;

    @AttributeDefinition(
            name = "Keeper",
            description = "Program that keeps held calls while the daemon is away, below karaf.home; empty for none")
    String keeper() default "bin/sallyport-keeper";

    @AttributeDefinition(
            name = "Kept for",
            description = "Seconds that calls are kept without a daemon before they fail",
            min = "0")
    int keep_for() default 120;
}
