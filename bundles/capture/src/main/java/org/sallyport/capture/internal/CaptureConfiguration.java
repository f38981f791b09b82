package org.sallyport.capture.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The file {@code etc/org.sallyport.capture.cfg}. */
@ObjectClassDefinition(name = "Sallyport capture", description = "Where packets are counted")
@interface CaptureConfiguration {
    @AttributeDefinition(description = "Interfaces, separated by commas; empty: every one but the loopback")
    String interfaces() default "";

    @AttributeDefinition(description = "The TUN device, where protected flows are seen in clear by right")
    String inner_interface() default "sallyport0";

    /** Each packet would be copied, which costs a third of what the data plane carries. */
    @AttributeDefinition(description = "Whether ESP is counted by SPI; packets then go slower")
    boolean count_esp() default false;
}
