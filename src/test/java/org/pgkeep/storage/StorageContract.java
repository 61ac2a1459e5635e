package org.pgkeep.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Every promise of {@link Storage}, for every store: a store's own test only says how to make one. */
public abstract class StorageContract {
    private static final int RACERS = 8;

    private Storage storage;

    /** An empty store. */
    protected abstract Storage make();

    @BeforeEach
    final void makeStorage() {
        storage = make();
    }

    @AfterEach
    final void closeStorage() {
        storage.close();
    }

    @Test
    void whatIsCreatedIsReadBack() {
        assertThat(storage.create(name("folder/object"), bytes("content"))).isTrue();
        assertThat(read("folder/object")).isEqualTo("content");
        assertThat(storage.info(name("folder/object")).orElseThrow().sizeBytes())
                .isEqualTo(7);
    }

    @Test
    void anEmptyObjectIsAnObject() {
        assertThat(storage.create(name("empty"), new byte[0])).isTrue();
        assertThat(read("empty")).isEmpty();
        assertThat(names("")).containsExactly("empty");
    }

    @Test
    void nothingIsVisibleBeforeTheCommit() {
        try (ObjectWriter writer = storage.write(name("a/b"))) {
            writer.write(ByteBuffer.wrap(bytes("content")));
            assertThat(writer.size()).isEqualTo(7);
            assertThat(storage.info(name("a/b"))).isEmpty();
            assertThat(storage.open(name("a/b"))).isEmpty();
            assertThat(names("")).isEmpty();
            assertThat(children("")).isEmpty();
            assertThat(children("a")).isEmpty();
            assertThat(writer.commit()).isTrue();
        }
        assertThat(names("")).containsExactly("a/b");
    }

    @Test
    void anAbandonedWriterLeavesNothing() {
        try (ObjectWriter writer = storage.write(name("a/b"))) {
            writer.write(ByteBuffer.wrap(bytes("content")));
        }
        assertThat(storage.info(name("a/b"))).isEmpty();
        assertThat(names("")).isEmpty();
        assertThat(children("")).isEmpty();
        assertThat(storage.sweepAbandoned("", Instant.now().plusSeconds(60))).isZero();
    }

    @Test
    void aWriterIsOfNoUseAfterItsCommit() {
        try (ObjectWriter writer = storage.write(name("a"))) {
            writer.commit();
            assertThatFails(ErrorCode.BUG, () -> writer.write(ByteBuffer.allocate(1)));
            assertThatFails(ErrorCode.BUG, writer::commit);
        }
        assertThat(read("a")).isEmpty();
    }

    @Test
    void writersTakeEveryKindOfBufferWhole() {
        ByteBuffer direct = ByteBuffer.allocateDirect(8)
                .put(bytes("xx-dir-x"))
                .flip()
                .position(2)
                .limit(7);
        ByteBuffer slice = ByteBuffer.wrap(bytes("..slice..")).slice(2, 5);
        ByteBuffer readOnly = ByteBuffer.wrap(bytes("-ro")).asReadOnlyBuffer();
        try (ObjectWriter writer = storage.write(name("a"))) {
            for (ByteBuffer buffer : List.of(direct, slice, readOnly, ByteBuffer.allocate(0))) {
                writer.write(buffer);
                assertThat(buffer.hasRemaining()).isFalse();
            }
            writer.commit();
        }
        assertThat(read("a")).isEqualTo("-dir-slice-ro");
    }

    @Test
    void creatingWhatExistsChangesNothing() {
        storage.create(name("a/b"), bytes("first"));
        String version = version("a/b");
        assertThat(storage.create(name("a/b"), bytes("second"))).isFalse();
        assertThat(read("a/b")).isEqualTo("first");
        assertThat(version("a/b")).isEqualTo(version);
        assertThat(names("")).containsExactly("a/b");
    }

    @Test
    void ofEightWritersOfANameExactlyOneWins() throws Exception {
        for (int round = 0; round < 30; round++) {
            ObjectName name = name("race/" + round);
            List<Boolean> won = race(racer -> storage.create(name, bytes("racer " + racer)));
            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            assertThat(read(name.value())).isEqualTo("racer " + won.indexOf(true));
        }
    }

    @Test
    void ofEightReplacementsOfAVersionExactlyOneWins() throws Exception {
        storage.create(name("state"), bytes("start"));
        for (int round = 0; round < 30; round++) {
            String version = version("state");
            List<Boolean> won = race(racer -> storage.replace(name("state"), version, bytes("racer " + racer)));
            assertThat(won).as("round %d", round).containsOnlyOnce(true);
            assertThat(read("state")).isEqualTo("racer " + won.indexOf(true));
        }
    }

    @Test
    void aCounterKeptByReplacementsLosesNoIncrement() throws Exception {
        storage.create(name("counter"), bytes("0"));
        race(_ -> {
            for (int done = 0; done < 10; ) {
                String version = version("counter");
                int count = Integer.parseInt(read("counter"));
                // What was read may be newer than the version: then the replacement is refused.
                done += storage.replace(name("counter"), version, bytes(String.valueOf(count + 1))) ? 1 : 0;
            }
            return true;
        });
        assertThat(read("counter")).isEqualTo(String.valueOf(RACERS * 10));
    }

    @Test
    void deletingAndReplacingNeverBothSucceed() throws Exception {
        for (int round = 0; round < 30; round++) {
            ObjectName name = name("object");
            storage.create(name, bytes("start"));
            String version = version("object");
            List<Boolean> done = race(
                    racer -> racer % 2 == 0 ? storage.delete(name) : storage.replace(name, version, bytes("replaced")));
            // Replaced and then deleted is a sound order; deleted and then replaced is not: nothing may be there again.
            assertThat(storage.info(name)).as("round %d", round).isEmpty();
            assertThat(done).filteredOn(Boolean::booleanValue).hasSizeBetween(1, 2);
        }
    }

    @Test
    void replacingAStaleVersionChangesNothing() {
        storage.create(name("a"), bytes("one"));
        String stale = version("a");
        assertThat(storage.replace(name("a"), stale, bytes("two"))).isTrue();
        assertThat(storage.replace(name("a"), stale, bytes("three"))).isFalse();
        assertThat(read("a")).isEqualTo("two");
        assertThat(names("")).containsExactly("a");
    }

    @Test
    void replacingWhatIsMissingCreatesNothing() {
        storage.create(name("f/a"), bytes("one"));
        String version = version("f/a");
        storage.delete(name("f/a"));
        assertThat(storage.replace(name("f/a"), version, bytes("two"))).isFalse();
        assertThat(names("")).isEmpty();
    }

    @Test
    void anObjectIsRewrittenAtOnceOrNotAtAll() {
        storage.create(name("f/a"), bytes("one"));
        String version = version("f/a");
        try (ObjectWriter abandoned = storage.rewrite(name("f/a"), version)) {
            abandoned.write(ByteBuffer.wrap(bytes("two")));
        }
        assertThat(read("f/a")).as("abandoned").isEqualTo("one");
        try (ObjectReader reader = storage.open(name("f/a")).orElseThrow();
                ObjectWriter first = storage.rewrite(name("f/a"), version);
                ObjectWriter second = storage.rewrite(name("f/a"), version)) {
            first.write(ByteBuffer.wrap(bytes("th")));
            second.write(ByteBuffer.wrap(bytes("four")));
            first.write(ByteBuffer.wrap(bytes("ree")));
            assertThat(first.size()).isEqualTo(5);
            assertThat(read("f/a")).as("before the commit").isEqualTo("one");
            assertThat(first.commit()).isTrue();
            assertThat(second.commit()).as("who comes second").isFalse();
            assertThat(content(reader)).as("who has it open").isEqualTo("one");
        }
        assertThat(read("f/a")).isEqualTo("three");
        assertThat(version("f/a")).isNotEqualTo(version);
        assertThat(names("")).containsExactly("f/a");
    }

    @Test
    void rewritingWhatIsMissingCreatesNothing() {
        try (ObjectWriter writer = storage.rewrite(name("no/such"), "1")) {
            writer.write(ByteBuffer.wrap(bytes("x")));
            assertThat(writer.commit()).isFalse();
        }
        storage.create(name("f/a"), bytes("one"));
        try (ObjectWriter writer = storage.rewrite(name("f/a"), version("f/a"))) {
            writer.write(ByteBuffer.wrap(bytes("two")));
            storage.delete(name("f/a"));
            assertThat(writer.commit()).as("deleted meanwhile").isFalse();
        }
        assertThat(names("")).isEmpty();
    }

    @Test
    void noTwoVersionsOfAnObjectAreEqual() {
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            storage.create(name("a"), bytes("same"));
            assertThat(versions.add(version("a"))).as("created, round %d", i).isTrue();
            for (int j = 0; j < 2; j++) {
                assertThat(storage.replace(name("a"), version("a"), bytes("same")))
                        .isTrue();
                assertThat(versions.add(version("a")))
                        .as("replaced, round %d", i)
                        .isTrue();
            }
            storage.delete(name("a"));
        }
    }

    @Test
    void listsComeInTheOrderOfATreeWalk() {
        List<String> sorted = List.of(
                "a/b", "a/b-c", "a/b.c/d", "a/z", "a!/x", "a-b", "a.b", "a0", "aa/b", "b", "c/d/e/f", "c/d/g", "c/d-e");
        List<String> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(name -> storage.create(name(name), bytes(name)));
        assertThat(names("")).containsExactlyElementsOf(sorted);
        assertThat(names("")).isSortedAccordingTo((x, y) -> name(x).compareTo(name(y)));
    }

    @Test
    void aFolderListsWhatIsInItAtAnyDepthAndNothingBeside() {
        for (String name : List.of("a/b", "a/c/d", "a-b/x", "aa/x", "b")) {
            storage.create(name(name), bytes(name));
        }
        assertThat(names("a")).containsExactly("a/b", "a/c/d");
        assertThat(names("a/c")).containsExactly("a/c/d");
        assertThat(names("c")).isEmpty();
        assertThat(names("b")).as("an object is not a folder").isEmpty();
    }

    @Test
    void listsAreLazy() {
        for (int i = 0; i < 10; i++) {
            storage.create(name("f" + i + "/object"), bytes("x"));
        }
        try (Stream<ObjectInfo> list = storage.list("")) {
            assertThat(list.findFirst().orElseThrow().name().value()).isEqualTo("f0/object");
        }
    }

    @Test
    void listsTellSizeTimeAndVersion() {
        Instant before = Instant.now().minus(Duration.ofSeconds(2));
        storage.create(name("a/b"), bytes("content"));
        ObjectInfo listed = only("a");
        assertThat(listed).isEqualTo(storage.info(name("a/b")).orElseThrow());
        assertThat(listed.sizeBytes()).isEqualTo(7);
        assertThat(listed.modified()).isBetween(before, Instant.now().plus(Duration.ofSeconds(2)));
    }

    @Test
    void childrenAreObjectsAndFoldersThatHoldAny() {
        for (String name : List.of("f/b", "f/a/x", "f/a/y/z", "f/c/d/e/f", "g/x")) {
            storage.create(name(name), bytes(name));
        }
        assertThat(children("f")).containsExactly("a", "b", "c");
        assertThat(children("")).containsExactly("f", "g");
        assertThat(children("f/c")).containsExactly("d");
        assertThat(children("f/b")).isEmpty();
        assertThat(children("none/such")).isEmpty();
        storage.delete(name("f/c/d/e/f"));
        assertThat(children("f")).containsExactly("a", "b");
    }

    @Test
    void namesAreThoseOfAllChildrenAndPerhapsOfEmptyFolders() {
        for (String name : List.of("f/b", "f/a/x", "f/a/y/z", "f/c/d/e/f", "g/x")) {
            storage.create(name(name), bytes(name));
        }
        assertThat(namesIn("f")).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(namesIn("")).contains("f", "g");
        assertThat(namesIn("f/b")).as("an object is no folder").isEmpty();
        assertThat(namesIn("none/such")).isEmpty();
        storage.delete(name("f/b"));
        assertThat(namesIn("f")).contains("a", "c").doesNotContain("b");
    }

    @Test
    void whatIsDeletedIsGoneAndItsNameIsFree() {
        storage.create(name("a/b"), bytes("one"));
        assertThat(storage.delete(name("a/b"))).isTrue();
        assertThat(storage.delete(name("a/b"))).isFalse();
        assertThat(storage.open(name("a/b"))).isEmpty();
        assertThat(names("")).isEmpty();
        assertThat(children("")).isEmpty();
        assertThat(storage.create(name("a/b"), bytes("two"))).isTrue();
        assertThat(read("a/b")).isEqualTo("two");
    }

    @Test
    void whatIsDeletedTogetherIsGoneAndTheRestStays() {
        for (String name : List.of("a/1", "a/2", "a/b/3", "c/4", "5")) {
            storage.create(name(name), bytes(name));
        }
        List<ObjectName> going = Stream.of("a/2", "c/4", "a/none", "none/such", "a", "a/1", "5", "a/2")
                .map(StorageContract::name)
                .toList();
        assertThat(storage.deleteAll(going)).containsExactly(name("a/2"), name("c/4"), name("a/1"), name("5"));
        assertThat(names("")).containsExactly("a/b/3");
        assertThat(children("")).containsExactly("a");
        assertThat(storage.deleteAll(going)).isEmpty();
        assertThat(storage.deleteAll(List.of())).isEmpty();
    }

    @Test
    void ofDeletionsOfManyEachIsToldOnce() throws Exception {
        List<ObjectName> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(name("f" + i % 3 + "/" + i));
            storage.create(many.getLast(), bytes("x"));
        }
        Queue<ObjectName> told = new ConcurrentLinkedQueue<>();
        race(_ -> told.addAll(storage.deleteAll(many)));
        assertThat(told).containsExactlyInAnyOrderElementsOf(many);
        assertThat(names("")).isEmpty();
    }

    @Test
    void ofEightDeletionsExactlyOneSucceeds() throws Exception {
        for (int round = 0; round < 20; round++) {
            storage.create(name("f/a"), bytes("x"));
            assertThat(race(_ -> storage.delete(name("f/a")))).containsOnlyOnce(true);
        }
    }

    @Test
    void creatingBesideDeletionsAlwaysSucceeds() throws Exception {
        race(racer -> {
            for (int i = 0; i < 40; i++) {
                assertThat(storage.create(name("deep/folder/" + racer), bytes("x")))
                        .isTrue();
                assertThat(storage.delete(name("deep/folder/" + racer))).isTrue();
            }
            return true;
        });
        assertThat(names("")).isEmpty();
        assertThat(children("")).isEmpty();
    }

    @Test
    void listingWhileOthersWorkSeesEveryObjectThatStays() throws Exception {
        for (int i = 0; i < 20; i++) {
            storage.create(name("f" + i + "/stays"), bytes("x"));
        }
        race(racer -> {
            for (int i = 0; i < 15; i++) {
                if (racer % 2 == 0) {
                    storage.create(name("f" + i + "/goes" + racer), bytes("x"));
                    storage.create(name("g" + i + "/goes" + racer), bytes("x"));
                    storage.delete(name("f" + i + "/goes" + racer));
                    storage.delete(name("g" + i + "/goes" + racer));
                } else {
                    assertThat(names("").stream().filter(name -> name.endsWith("stays")))
                            .hasSize(20);
                    assertThat(children("")).contains("f0", "f19");
                }
            }
            return true;
        });
    }

    @Test
    void aMissingObjectIsAnAnswer() {
        assertThat(storage.open(name("no/such"))).isEmpty();
        assertThat(storage.info(name("no/such"))).isEmpty();
        assertThat(storage.delete(name("no/such"))).isFalse();
        assertThat(storage.replace(name("no/such"), "1", bytes("x"))).isFalse();
        assertThat(names("no")).isEmpty();
        assertThat(children("no")).isEmpty();
        assertThat(namesIn("no")).isEmpty();
    }

    @Test
    void rangesAreReadAnywhere() {
        storage.create(name("a"), bytes("0123456789"));
        try (ObjectReader reader = storage.open(name("a")).orElseThrow()) {
            assertThat(reader.size()).isEqualTo(10);
            ByteBuffer target = ByteBuffer.allocate(10).position(2).limit(6);
            reader.read(3, target);
            assertThat(target.hasRemaining()).isFalse();
            assertThat(new String(target.array(), 2, 4, StandardCharsets.US_ASCII))
                    .isEqualTo("3456");
            ByteBuffer direct = ByteBuffer.allocateDirect(10);
            reader.read(0, direct);
            assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes("0123456789")));
            reader.read(10, ByteBuffer.allocate(0));
        }
    }

    @Test
    void readingPastTheEndIsDamage() {
        storage.create(name("a"), bytes("0123456789"));
        try (ObjectReader reader = storage.open(name("a")).orElseThrow()) {
            assertThatFails(ErrorCode.DAMAGED, () -> reader.read(5, ByteBuffer.allocate(6)))
                    .withMessageContaining(storage.location(name("a")));
            assertThatFails(ErrorCode.DAMAGED, () -> reader.read(10, ByteBuffer.allocate(1)));
            assertThatFails(ErrorCode.DAMAGED, () -> reader.read(1L << 40, ByteBuffer.allocate(1)));
            assertThatFails(ErrorCode.DAMAGED, () -> reader.read(Long.MAX_VALUE, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aReaderIsSharedByThreads() throws Exception {
        byte[] content = random(1 << 20, 3);
        storage.create(name("a"), content);
        try (ObjectReader reader = storage.open(name("a")).orElseThrow()) {
            race(racer -> {
                Random random = new Random(racer);
                for (int i = 0; i < 200; i++) {
                    int from = random.nextInt(content.length);
                    ByteBuffer target = ByteBuffer.allocate(random.nextInt(Math.min(10_000, content.length - from)));
                    reader.read(from, target);
                    assertThat(target.array()).isEqualTo(Arrays.copyOfRange(content, from, from + target.capacity()));
                }
                return true;
            });
        }
    }

    @Test
    void anOpenReaderKeepsItsVersion() {
        storage.create(name("a"), bytes("one"));
        try (ObjectReader reader = storage.open(name("a")).orElseThrow()) {
            storage.replace(name("a"), version("a"), bytes("three"));
            assertThat(content(reader)).isEqualTo("one");
            storage.delete(name("a"));
            assertThat(content(reader)).isEqualTo("one");
        }
    }

    @Test
    void aLargeObjectComesBackByteForByte() {
        byte[] block = random(1 << 20, 1);
        int blocks = 45;
        try (ObjectWriter writer = storage.write(name("large"))) {
            for (int i = 0; i < blocks; i++) {
                block[0] = (byte) i;
                writer.write(ByteBuffer.wrap(block));
            }
            assertThat(writer.commit()).isTrue();
        }
        try (ObjectReader reader = storage.open(name("large")).orElseThrow()) {
            assertThat(reader.size()).isEqualTo((long) blocks << 20);
            for (int i = 0; i < blocks; i++) {
                ByteBuffer target = ByteBuffer.allocate(1 << 20);
                reader.read((long) i << 20, target);
                block[0] = (byte) i;
                assertThat(Arrays.equals(target.array(), block))
                        .as("block %d", i)
                        .isTrue();
            }
        }
    }

    @Test
    void namesOfEveryLengthAndCharacterAreKept() {
        String longest = "n".repeat(255);
        String deep = (longest + "/").repeat(3) + "d".repeat(ObjectName.BYTES_MAX - 3 * 256);
        String strange = "~!@#$%^&*()_+={}|[]\\:\";'<>?,`/-rf/*/$HOME/con.";
        for (String name : List.of(longest, deep.replace('n', 'm'), strange)) {
            assertThat(storage.create(name(name), bytes("one"))).isTrue();
            assertThat(storage.replace(name(name), version(name), bytes("two"))).isTrue();
            assertThat(read(name)).isEqualTo("two");
        }
        assertThat(names("")).hasSize(3);
        names("").forEach(name -> assertThat(storage.delete(name(name))).isTrue());
        assertThat(names("")).isEmpty();
    }

    @Test
    void aFolderIsNoObjectAndAnObjectNoFolder() {
        storage.create(name("folder/object"), bytes("x"));
        assertThat(storage.info(name("folder"))).isEmpty();
        assertThat(storage.open(name("folder"))).isEmpty();
        assertThat(storage.delete(name("folder"))).isFalse();
        assertThat(storage.info(name("folder/object/below"))).isEmpty();
        assertThat(storage.open(name("folder/object/below"))).isEmpty();
        assertThat(storage.delete(name("folder/object/below"))).isFalse();
        assertThatFails(ErrorCode.STORAGE, () -> storage.create(name("folder"), bytes("x")));
        assertThatFails(ErrorCode.STORAGE, () -> storage.create(name("folder/object/below"), bytes("x")));
        assertThat(names("")).containsExactly("folder/object");
    }

    @Test
    void messagesNameTheObject() {
        assertThat(storage.location(name("some/object"))).endsWith("some/object");
    }

    @Test
    void itBehavesLikeASortedMap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TreeMap<ObjectName, String> model = new TreeMap<>();
        for (int step = 0; step < 200; step++) {
            String at = "seed %d, step %d".formatted(seed, step);
            ObjectName name = name("f" + random.nextInt(3) + "/g" + random.nextInt(3) + "/" + random.nextInt(4));
            String content = "content " + step;
            switch (random.nextInt(4)) {
                case 0 ->
                    assertThat(storage.create(name, bytes(content)))
                            .as(at)
                            .isEqualTo(model.putIfAbsent(name, content) == null);
                case 1 -> assertThat(storage.delete(name)).as(at).isEqualTo(model.remove(name) != null);
                case 2 -> {
                    String version = storage.info(name).map(ObjectInfo::version).orElse("none");
                    assertThat(storage.replace(name, version, bytes(content)))
                            .as(at)
                            .isEqualTo(model.replace(name, content) != null);
                }
                default ->
                    assertThat(names(""))
                            .as(at)
                            .isEqualTo(model.keySet().stream()
                                    .map(ObjectName::value)
                                    .toList());
            }
        }
        model.forEach((name, content) ->
                assertThat(read(name.value())).as("seed %d", seed).isEqualTo(content));
        assertThat(names("")).hasSize(model.size());
    }

    // What tests of one store use, too.

    /** A name. */
    protected static ObjectName name(String value) {
        return new ObjectName(value);
    }

    /** Text as bytes. */
    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The store under test. */
    protected final Storage storage() {
        return storage;
    }

    /** The whole content of an object that exists. */
    protected final String read(String name) {
        try (ObjectReader reader = storage.open(name(name)).orElseThrow()) {
            return content(reader);
        }
    }

    /** All names in a folder. */
    protected final List<String> names(String folder) {
        try (Stream<ObjectInfo> list = storage.list(folder)) {
            return list.map(info -> info.name().value()).toList();
        }
    }

    /** What lies directly in a folder. */
    protected final List<String> children(String folder) {
        try (Stream<String> children = storage.children(folder)) {
            return children.toList();
        }
    }

    /** The same, without a look at any of it. */
    protected final List<String> namesIn(String folder) {
        try (Stream<String> names = storage.names(folder)) {
            return names.toList();
        }
    }

    /** Expects an error with this code. */
    protected static ThrowableAssertAlternative<PgkeepException> assertThatFails(
            ErrorCode code, ThrowingCallable call) {
        var failure = assertThatExceptionOfType(PgkeepException.class).isThrownBy(call);
        return failure.satisfies(e -> assertThat(e.code()).as("%s", e).isEqualTo(code));
    }

    private static String content(ObjectReader reader) {
        ByteBuffer target = ByteBuffer.allocate((int) reader.size());
        reader.read(0, target);
        return new String(target.array(), StandardCharsets.US_ASCII);
    }

    private ObjectInfo only(String folder) {
        try (Stream<ObjectInfo> list = storage.list(folder)) {
            return list.reduce((_, _) -> {
                        throw new AssertionError("more than one object");
                    })
                    .orElseThrow();
        }
    }

    private String version(String name) {
        return storage.info(name(name)).orElseThrow().version();
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static List<Boolean> race(Racer racer) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RACERS);
        try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < RACERS; i++) {
                int number = i;
                tasks.add(() -> {
                    start.await();
                    return racer.run(number);
                });
            }
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    @FunctionalInterface
    private interface Racer {
        boolean run(int number) throws Exception;
    }
}
