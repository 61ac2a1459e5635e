package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.codec.seal.Argon2id;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/** Envelopes come and go, and the repository can always be opened. */
class KeyRingTest {
    private static final Secret OLD = TinyRepository.SECRET;
    private static final Secret NEW = secret("new");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private MemoryStorage storage = new MemoryStorage();

    @BeforeEach
    void make() {
        storage = new MemoryStorage();
        ClusterStore _ = TinyRepository.sealedCluster(storage, clock);
    }

    @Test
    void anotherSecretOpensAfterItWasAdded() {
        Envelope added = ring(OLD).add(() -> NEW, "recovery");
        assertThat(added.id()).isEqualTo(2);
        assertThat(opens(OLD)).isTrue();
        assertThat(opens(NEW)).isTrue();
        assertThat(ring(OLD).list().envelopes()).extracting(Envelope::name).containsExactly("test", "recovery");
        assertThat(ring(OLD).list().generation()).isEqualTo(2);
    }

    @Test
    void rotationReplacesOneEnvelopeAndTouchesNothingElse() {
        ring(OLD).add(() -> secret("third"), "third");
        List<byte[]> before = sealedObjects();
        Envelope third = ring(OLD).list().envelopes().get(1);
        Envelope rotated = ring(OLD).rotate(() -> NEW);
        assertThat(rotated.id()).isEqualTo(1);
        assertThat(opens(OLD)).isFalse();
        assertThat(opens(NEW)).isTrue();
        assertThat(opens(secret("third"))).isTrue();
        assertThat(ring(NEW).list().envelopes()).element(1).isEqualTo(third);
        assertThat(sealedObjects()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void aRemovedEnvelopeOpensNoMoreAndItsIdIsNotUsedAgain() {
        ring(OLD).add(() -> NEW, "");
        assertThat(ring(OLD).remove(2, true).id()).isEqualTo(2);
        assertThat(opens(NEW)).as("after a dry run").isTrue();
        ring(OLD).remove(2, false);
        assertThat(opens(NEW)).isFalse();
        assertThat(ring(OLD).add(() -> NEW, "").id()).isEqualTo(4);
    }

    @Test
    void theEnvelopeThatOpenedStaysAndSoDoesTheLast() {
        assertFails(ErrorCode.USAGE, "is the one that opened", () -> ring(OLD).remove(1, false));
        ring(OLD).add(() -> NEW, "");
        assertFails(ErrorCode.USAGE, "is the one that opened", () -> ring(NEW).remove(2, false));
        ring(NEW).remove(1, false);
        assertFails(ErrorCode.USAGE, "is the one that opened", () -> ring(NEW).remove(2, false));
        assertFails(ErrorCode.USAGE, "there is no envelope 1", () -> ring(NEW).remove(1, false));
    }

    @Test
    void noMoreEnvelopesThanAReaderTakes() {
        for (int i = 2; i <= Envelopes.MAX; i++) {
            ring(OLD).add(() -> NEW, "");
        }
        assertFails(ErrorCode.USAGE, "16 envelopes already", () -> ring(OLD).add(() -> NEW, ""));
        assertThat(opens(OLD)).isTrue();
    }

    @Test
    void whoHasNoKeyListsAndChangesNothing() {
        KeyRing ring = new KeyRing(storage, clock, KeySource.NONE);
        assertThat(ring.list().envelopes()).hasSize(1);
        assertFails(ErrorCode.KEY_MISSING, "no key was given", () -> ring.add(() -> NEW, ""));
        assertFails(ErrorCode.KEY_WRONG, "does not open", () -> ring(NEW).rotate(() -> OLD));
    }

    @Test
    void anUnsealedRepositoryHasNoEnvelopes() {
        MemoryStorage unsealed = new MemoryStorage();
        Repository _ = Repository.openOrCreate(unsealed, clock);
        assertFails(ErrorCode.KEY_WRONG, "is not sealed", () -> new KeyRing(unsealed, clock, KeySource.NONE).list());
    }

    @Test
    void ofTwoChangesAtOnceOneFails() {
        KeyRing mine = ring(OLD);
        // While the new secret is asked for, another process adds an envelope.
        assertFails(
                ErrorCode.CONFLICT,
                "another process",
                () -> mine.rotate(() -> {
                    ring(OLD).add(() -> secret("theirs"), "");
                    return NEW;
                }));
        assertThat(opens(OLD)).isTrue();
        assertThat(opens(secret("theirs"))).isTrue();
        assertThat(opens(NEW)).isFalse();
    }

    /** A change of the envelopes; where it removes one, {@code NEW}'s is the second. */
    enum Change {
        ADD,
        ROTATE,
        REMOVE;

        void by(KeyRing ring) {
            Envelope _ = switch (this) {
                case ADD -> ring.add(() -> NEW, "new");
                case ROTATE -> ring.rotate(() -> NEW);
                case REMOVE -> ring.remove(2, false);
            };
        }

        boolean newOpensAtTheEnd() {
            return this != REMOVE;
        }

        boolean oldOpensAtTheEnd() {
            return this != ROTATE;
        }
    }

    static Stream<Arguments> changesAndFaults() {
        return Stream.of(Change.values())
                .flatMap(change -> Stream.of("FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER", "LOSE")
                        .map(fault -> Arguments.of(change, FaultyStorage.Fault.valueOf(fault))));
    }

    @ParameterizedTest
    @MethodSource("changesAndFaults")
    void whateverBreaksTheRepositoryOpensAndTheSameCommandComesToTheEnd(Change change, FaultyStorage.Fault fault) {
        boolean fired = true;
        for (int at = 1; fired; at++) {
            make();
            if (change == Change.REMOVE) {
                Envelope _ = ring(OLD).add(() -> NEW, "new");
            }
            List<byte[]> sealed = sealedObjects();
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, at);
            boolean done = isDone(change, faulty);
            fired = faulty.fired();
            assertThat(opens(OLD) || opens(NEW)).as("%s by %s", change, faulty).isTrue();
            if (done && fault != FaultyStorage.Fault.LOSE) {
                assertAtTheEnd(change, faulty);
            }
            if (!done) {
                again(change);
                assertAtTheEnd(change, faulty);
            }
            assertThat(sealedObjects()).usingRecursiveComparison().isEqualTo(sealed);
        }
    }

    private boolean isDone(Change change, Storage faulty) {
        try {
            change.by(new KeyRing(faulty, clock, KeySource.of(OLD)));
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    /** As a person would who does not know whether it happened. */
    private void again(Change change) {
        Secret known = change.oldOpensAtTheEnd() || opens(OLD) ? OLD : NEW;
        try {
            change.by(ring(known));
        } catch (PgkeepException e) {
            assertThat(e).hasMessage("there is no envelope 2");
        }
    }

    private void assertAtTheEnd(Change change, Storage faulty) {
        assertThat(opens(OLD)).as("the old secret: %s by %s", change, faulty).isEqualTo(change.oldOpensAtTheEnd());
        assertThat(opens(NEW)).as("the new secret: %s by %s", change, faulty).isEqualTo(change.newOpensAtTheEnd());
    }

    private KeyRing ring(Secret secret) {
        return new KeyRing(storage, clock, KeySource.of(secret));
    }

    private boolean opens(Secret secret) {
        try (Storage copy = copy();
                Repository repository = Repository.open(copy, clock, KeySource.of(secret))) {
            return repository.keyId().isPresent();
        } catch (PgkeepException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.KEY_WRONG);
            return false;
        }
    }

    private Storage copy() {
        MemoryStorage copy = new MemoryStorage();
        TinyRepository.copy(storage, copy);
        return copy;
    }

    private List<byte[]> sealedObjects() {
        return TinyRepository.names(storage).stream()
                .filter(name -> !name.equals(RepositoryRecord.NAME))
                .map(name -> TinyRepository.bytes(storage, name))
                .toList();
    }

    private static Secret secret(String text) {
        return Secret.Passphrase.of(text, "a test").stretched(new Argon2id(64, 1, 1));
    }

    private static void assertFails(ErrorCode code, String words, ThrowingCallable call) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .withMessageContaining(words);
    }
}
