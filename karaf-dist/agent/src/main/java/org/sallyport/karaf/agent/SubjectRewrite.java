package org.sallyport.karaf.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** The method bodies that the agent replaces, found by name and descriptor: a class that lacks one is refused. */
final class SubjectRewrite {
    static final String SUBJECT = "javax/security/auth/Subject";
    static final String JAAS_HELPER = "org/apache/karaf/util/jaas/JaasHelper";

    private static final ClassDesc SUBJECT_CLASS = ClassDesc.of("javax.security.auth.Subject");
    private static final ClassDesc HOLDER_CLASS = ClassDesc.of("org.sallyport.karaf.boot.SubjectHolder");
    private static final ClassDesc CALLABLE = ClassDesc.of("java.util.concurrent.Callable");
    private static final ClassDesc CONTEXT = ClassDesc.of("java.security.AccessControlContext");
    private static final ClassDesc ACTION = ClassDesc.of("java.security.PrivilegedAction");
    private static final ClassDesc THROWING_ACTION = ClassDesc.of("java.security.PrivilegedExceptionAction");

    private static final MethodTypeDesc CURRENT = MethodTypeDesc.of(SUBJECT_CLASS);
    private static final MethodTypeDesc CALL_AS = MethodTypeDesc.of(ConstantDescs.CD_Object, SUBJECT_CLASS, CALLABLE);

    private SubjectRewrite() {}

    /** Reading and binding the subject goes to the holder; {@code doAs} calls {@code callAs} and follows. */
    static byte[] subject(byte[] original) {
        Consumer<CodeBuilder> current =
                code -> code.invokestatic(HOLDER_CLASS, "current", CURRENT).areturn();
        return rewrite(
                original,
                Map.of(
                        new Method("current", CURRENT),
                        current,
                        new Method("getSubject", MethodTypeDesc.of(SUBJECT_CLASS, CONTEXT)),
                        current,
                        new Method("callAs", CALL_AS),
                        code -> code.aload(0)
                                .aload(1)
                                .invokestatic(HOLDER_CLASS, "callAs", CALL_AS)
                                .areturn()));
    }

    /** Karaf's helper asks for a protection domain that nothing reads any more; it is to call {@code Subject.doAs}. */
    static byte[] jaasHelper(byte[] original) {
        return rewrite(
                original,
                Map.of(
                        doAs(ACTION),
                        callSubject(doAs(ACTION)),
                        doAs(THROWING_ACTION),
                        callSubject(doAs(THROWING_ACTION))));
    }

    private static Method doAs(ClassDesc action) {
        return new Method("doAs", MethodTypeDesc.of(ConstantDescs.CD_Object, SUBJECT_CLASS, action));
    }

    private static Consumer<CodeBuilder> callSubject(Method method) {
        return code -> code.aload(0)
                .aload(1)
                .invokestatic(SUBJECT_CLASS, method.name(), method.type())
                .areturn();
    }

    private static byte[] rewrite(byte[] original, Map<Method, Consumer<CodeBuilder>> bodies) {
        ClassFile classFile = ClassFile.of();
        Set<Method> missing = new HashSet<>(bodies.keySet());
        ClassTransform transform = (builder, element) -> {
            if (!(element instanceof MethodModel model) || !bodies.containsKey(Method.of(model))) {
                builder.with(element);
                return;
            }
            Method method = Method.of(model);
            missing.remove(method);
            builder.withMethod(
                    model.methodName(), model.methodType(), model.flags().flagsMask(), parts -> {
                        model.elementStream()
                                .filter(part -> !(part instanceof CodeModel))
                                .forEach(parts::with);
                        parts.withCode(Objects.requireNonNull(bodies.get(method)));
                    });
        };
        byte[] result = classFile.transformClass(classFile.parse(original), transform);
        if (!missing.isEmpty()) {
            throw new IllegalStateException("methods not found: " + missing);
        }
        return result;
    }

    private record Method(String name, MethodTypeDesc type) {
        static Method of(MethodModel model) {
            return new Method(model.methodName().stringValue(), model.methodTypeSymbol());
        }
    }
}
