package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.appliance.Distribution;

class BundleBoundaryTest {
    @Test
    void noBundleReachesIntoAnother() {
        BundleBoundaries built = BundleBoundaries.of(Distribution.find().bundles());
        assertThat(built.size()).isGreaterThanOrEqualTo(11);
        assertThat(built.violations()).isEmpty();
    }

    @Test
    void aBundleThatDoesIsFound(@TempDir Path directory) throws IOException {
        Path victim = bundle(directory, "org.sallyport.sad", "org.sallyport.sad.internal.Sad", "", "", "");
        Path code = bundle(
                directory,
                "org.sallyport.ike",
                "org.sallyport.ike.internal.Core",
                "org.sallyport.sad.internal.Sad",
                "",
                "");
        assertThat(BundleBoundaries.of(List.of(victim, code)).violations())
                .containsExactly(
                        "org.sallyport.ike refers to org.sallyport.sad.internal, which is inside org.sallyport.sad");
        Path manifest = bundle(
                directory,
                "org.sallyport.spd",
                "org.sallyport.spd.internal.Spd",
                "",
                "org.sallyport.sad.internal;version=\"[0.1,1)\",org.slf4j;resolution:=optional",
                "org.sallyport.spd.internal");
        assertThat(BundleBoundaries.of(List.of(victim, manifest)).violations())
                .containsExactlyInAnyOrder(
                        "org.sallyport.spd exports org.sallyport.spd.internal: what is internal stays inside",
                        "org.sallyport.spd exports org.sallyport.spd.internal without a version",
                        "org.sallyport.spd imports org.sallyport.sad.internal, which is inside org.sallyport.sad",
                        "org.sallyport.spd imports org.slf4j optionally");
    }

    @Test
    void evenAnExportedPackageIsInsideUnlessItIsAContract(@TempDir Path directory) throws IOException {
        Path exporting = bundle(
                directory,
                "org.sallyport.sad",
                "org.sallyport.sad.Table",
                "",
                "",
                "org.sallyport.sad;version=\"0.1.0\"");
        Path contract = bundle(
                directory,
                "org.sallyport.api-flow",
                "org.sallyport.api.flow.Flow",
                "",
                "",
                "org.sallyport.api.flow;version=\"0.1.0\"");
        Path importing = bundle(
                directory,
                "org.sallyport.ike",
                "org.sallyport.ike.internal.Core",
                "org.sallyport.api.flow.Flow",
                "org.sallyport.api.flow,org.sallyport.sad",
                "");
        assertThat(BundleBoundaries.of(List.of(exporting, contract, importing)).violations())
                .containsExactly("org.sallyport.ike imports org.sallyport.sad, which is inside org.sallyport.sad");
    }

    private static Path bundle(
            Path directory, String name, String type, String refersTo, String imports, String exports)
            throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-SymbolicName", name);
        if (!imports.isEmpty()) {
            attributes.putValue("Import-Package", imports);
        }
        if (!exports.isEmpty()) {
            attributes.putValue("Export-Package", exports);
        }
        Path jar = directory.resolve(name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry(type.replace('.', '/') + ".class"));
            out.write(type(type, refersTo));
        }
        return jar;
    }

    private static byte[] type(String name, String refersTo) {
        return ClassFile.of().build(ClassDesc.of(name), builder -> {
            builder.withFlags(AccessFlag.PUBLIC, AccessFlag.ABSTRACT);
            if (!refersTo.isEmpty()) {
                builder.withMethodBody(
                        "touch", MethodTypeDesc.of(ConstantDescs.CD_Object), ClassFile.ACC_STATIC, code -> code.new_(
                                        ClassDesc.of(refersTo))
                                .areturn());
            }
        });
    }
}
