package org.pgkeep.storage;

/**
 * What a store can promise beyond the contract.
 *
 * @param exclusiveCreate two writers of the same new name: exactly one {@link ObjectWriter#commit()} wins
 * @param compareAndSwap {@link Storage#replace} is atomic among processes and hosts
 * @param local the objects are files of this host, so reading them costs no requests
 */
public record StorageTraits(boolean exclusiveCreate, boolean compareAndSwap, boolean local) {}
