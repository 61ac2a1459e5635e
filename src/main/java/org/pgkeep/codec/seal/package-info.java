/**
 * Sealing ({@code docs/formats/sealing.md}): bytes that nobody without the key reads, alters or exchanges unnoticed. {@link
 * org.pgkeep.codec.seal.DataKey} is the key of a repository, {@link org.pgkeep.codec.seal.Envelope} keeps it under a
 * {@link org.pgkeep.codec.seal.Secret}, {@link org.pgkeep.codec.seal.SliceCipher} seals an object's content slice by slice. Knows
 * nothing of stores: {@code storage.layer} puts the shell around objects.
 *
 * <pre>
 * passphrase → Argon2id ┐
 * key file              ┴→ HKDF → envelope key → unwraps → data key → HKDF → key of one writing of one object → AES-256-GCM
 * </pre>
 *
 * <p>Uses {@code error}. Bouncy Castle is loaded only where a passphrase is stretched.
 */
@NullMarked
package org.pgkeep.codec.seal;

import org.jspecify.annotations.NullMarked;
