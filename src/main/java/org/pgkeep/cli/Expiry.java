package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import org.pgkeep.config.Options;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.expire.Expire;
import org.pgkeep.expire.Policy;
import org.pgkeep.repository.Repository;

/**
 * The expire that follows a backup. The backup gave its lease back, and expire takes one of its own and reads the catalogue under it; so
 * it does not matter who worked between the two. Where another backup was faster, its own expire will do the work.
 *
 * @param result empty when nothing was done
 * @param sentence what was done, or why nothing
 * @param failed whether it should have been done
 */
record Expiry(Optional<Expire.Result> result, String sentence, boolean failed) {
    static Expiry after(Invocation invocation, Repository repository) {
        Policy policy = Retention.policy(invocation.settings());
        if (!invocation.settings().get(Options.EXPIRE_AFTER)) {
            return new Expiry(Optional.empty(), "nothing, as --no-expire says", false);
        }
        if (!policy.limitsWal()) {
            return new Expiry(Optional.empty(), "nothing: no policy of retention is set", false);
        }
        try {
            Expire expire = new Expire(repository, invocation.backends().clock(), invocation.progress());
            Expire.Result result = expire.expire(Retention.terms(invocation.settings(), false), policy);
            return new Expiry(Optional.of(result), ExpireText.summary(result, false), false);
        } catch (PgkeepException e) {
            invocation.progress().warn("the backup was taken, but nothing was expired: " + e.getMessage());
            return new Expiry(Optional.empty(), "nothing: " + e.getMessage(), e.code() != ErrorCode.HELD);
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("expire");
        json.writeStringField("summary", sentence);
        if (result.isPresent()) {
            ExpireText.write(json, result.get(), false);
        }
        json.writeEndObject();
    }
}
