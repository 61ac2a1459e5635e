import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.nio.ByteBuffer;

/**
 * Java verifies classes compiled for Java 5 and older slowly, and never takes them into a class cache; they are given the form of
 * Java 8. picocli has such classes, 200 of them.
 */
final class OldClasses {
    private static final int FIRST_CACHED = ClassFile.JAVA_6_VERSION;
    private static final int RAISED = ClassFile.JAVA_8_VERSION;

    private OldClasses() {}

    /** A class file as it is, or in the newer form. */
    static byte[] raised(byte[] bytes, ClassLoader classes) {
        if (ByteBuffer.wrap(bytes).getShort(6) >= FIRST_CACHED) {
            return bytes;
        }
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
