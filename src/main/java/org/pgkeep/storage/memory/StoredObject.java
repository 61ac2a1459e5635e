package org.pgkeep.storage.memory;

import java.time.Instant;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;

/** One version of an object. Owns its array, which nobody changes. */
final class StoredObject {
    private final byte[] content;
    private final Instant modified;
    private final String version;

    StoredObject(byte[] content, Instant modified, String version) {
        this.content = content;
        this.modified = modified;
        this.version = version;
    }

    byte[] content() {
        return content;
    }

    String version() {
        return version;
    }

    ObjectInfo info(ObjectName name) {
        return new ObjectInfo(name, content.length, modified, version);
    }
}
