import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Copies a jar. Java verifies classes compiled for Java 5 and older slowly, and never takes them into a class cache; they
 * are given the form of Java 8. picocli has such classes, 200 of them.
 */
final class JarCopy {
    private static final int FIRST_CACHED = ClassFile.JAVA_6_VERSION;
    private static final int RAISED = ClassFile.JAVA_8_VERSION;

    private JarCopy() {}

    static void copy(Path jar, Path target) throws IOException {
        try (var in = new JarFile(jar.toFile())) {
            if (in.stream().noneMatch(entry -> isOld(entry, in))) {
                Files.copy(jar, target);
                return;
            }
            try (var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                    var out = new JarOutputStream(Files.newOutputStream(target))) {
                for (var entry : in.stream().toList()) {
                    var bytes = bytes(entry, in);
                    var copy = new JarEntry(entry.getName());
                    copy.setTimeLocal(entry.getTimeLocal());
                    out.putNextEntry(copy);
                    out.write(isOld(entry, in) ? raised(bytes, classes) : bytes);
                }
            }
        }
    }

    private static boolean isOld(JarEntry entry, JarFile jar) {
        return entry.getName().endsWith(".class")
                && ByteBuffer.wrap(bytes(entry, jar)).getShort(6) < FIRST_CACHED;
    }

    private static byte[] bytes(JarEntry entry, JarFile jar) {
        try (var stream = jar.getInputStream(entry)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] raised(byte[] bytes, ClassLoader classes) {
        var hierarchy =
                ClassHierarchyResolver.ofResourceParsing(classes).orElse(ClassHierarchyResolver.defaultResolver());
        var file = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchy));
        ClassTransform version = (builder, element) -> {
            switch (element) {
                case ClassFileVersion _ -> builder.withVersion(RAISED, 0);
                default -> builder.with(element);
            }
        };
        // Written anew, not copied, for only then do methods get the maps that the newer verifier reads.
        var methods = ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
        return file.transformClass(file.parse(bytes), version.andThen(methods));
    }
}
