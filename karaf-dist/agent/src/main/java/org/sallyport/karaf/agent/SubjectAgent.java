package org.sallyport.karaf.agent;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites two classes as they are loaded, so that Karaf knows again who acts: the JDK's {@link Subject} and Karaf's
 * {@code JaasHelper}. Sign-in, role checks and the audit log stand on this; a virtual machine in which it did not work
 * would answer them wrongly, so it is ended.
 */
public final class SubjectAgent implements ClassFileTransformer {
    private static final String HOLDER = "org.sallyport.karaf.boot.SubjectHolder";
    private static final int EX_SOFTWARE = 70;

    private SubjectAgent() {}

    /**
     * Called by the virtual machine before {@code main}.
     *
     * @param arguments none are known
     * @param instrumentation what the virtual machine hands to an agent
     * @throws ClassNotFoundException if the boot jar is not beside the agent's
     * @throws UnmodifiableClassException if the virtual machine refuses to change {@link Subject}
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation)
            throws ClassNotFoundException, UnmodifiableClassException {
        Module holder = Class.forName(HOLDER, true, null).getModule();
        instrumentation.redefineModule(
                Object.class.getModule(), Set.of(holder), Map.of(), Map.of(), Set.of(), Map.of());
        instrumentation.addTransformer(new SubjectAgent(), true);
        instrumentation.retransformClasses(Subject.class);
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable Module module,
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] original) {
        try {
            return switch (name) {
                case SubjectRewrite.SUBJECT -> SubjectRewrite.subject(original);
                case SubjectRewrite.JAAS_HELPER -> SubjectRewrite.jaasHelper(original);
                case null, default -> null;
            };
        } catch (RuntimeException e) {
            // The virtual machine would ignore the exception and go on with the class as it was.
            System.err.println(
                    "Sallyport's agent cannot adapt " + name + " to this JDK (" + Runtime.version() + "): " + e);
            Runtime.getRuntime().halt(EX_SOFTWARE);
            return null;
        }
    }
}
