package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.copy.Copy;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.units.ByteCount;

/**
 * The copy of a new backup in another repository. Where it fails the backup is taken all the same: what is missing there can be copied later.
 *
 * @param repository its name
 * @param copied what was done
 * @param expiry what was expired there
 * @param failure why it is not there
 */
record FurtherCopy(String repository, Optional<Copy.Copied> copied, Optional<Expiry> expiry, Optional<String> failure) {
    /** Copies a new backup into each that {@code --copy-to} names. */
    static List<FurtherCopy> after(Invocation invocation, List<Settings> others, Repository from, Label label) {
        List<FurtherCopy> all = new ArrayList<>();
        for (Settings other : others) {
            all.add(copy(invocation, other, from, label));
        }
        return all;
    }

    /**
     * The settings of each that {@code --copy-to} names.
     *
     * @throws PgkeepException {@code USAGE} when the configuration names no such repository: before anything is read
     */
    static List<Settings> others(Settings settings) {
        return settings.find(Options.COPY_TO).orElse(List.of()).stream()
                .filter(name -> !name.equals(settings.repository()))
                .map(settings::ofRepository)
                .toList();
    }

    private static FurtherCopy copy(Invocation invocation, Settings other, Repository from, Label label) {
        try (Repository to = invocation.repository(other).withLeaseTerm(other.get(Options.LEASE_TERM))) {
            Copy.Request request = new Copy.Request(
                    new ClusterName(other.cluster()),
                    List.of(label),
                    Optional.empty(),
                    false,
                    other.get(Options.WAIT),
                    other.get(Options.TEMPORARY));
            Copy.Copied copied =
                    new Copy(from, to, invocation.progress()).run(request).getFirst();
            Invocation there = new Invocation(other, invocation.backends(), invocation.progress(), invocation.out());
            Expiry expiry = Expiry.after(there, to);
            return new FurtherCopy(other.repository(), Optional.of(copied), Optional.of(expiry), Optional.empty());
        } catch (PgkeepException e) {
            String repository = other.repository();
            invocation
                    .progress()
                    .warn("the backup was taken, but not copied into repository '" + repository + "': " + e.getMessage()
                            + "; 'pgkeep copy --to " + repository + " " + label + "' does it later");
            return new FurtherCopy(
                    repository, Optional.empty(), Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    boolean failed() {
        return failure.isPresent() || expiry.map(Expiry::failed).orElse(false);
    }

    String sentence() {
        return "into '" + repository + "': "
                + failure.map(why -> "not: " + why)
                        .orElseGet(() -> copied.map(done -> ByteCount.print(done.bytes()))
                                        .orElse("") + ", expired "
                                + expiry.map(Expiry::sentence).orElse(""));
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("repository", repository);
        if (copied.isPresent()) {
            write(json, copied.get());
        }
        if (expiry.isPresent()) {
            expiry.get().write(json);
        }
        if (failure.isPresent()) {
            json.writeStringField("error", failure.get());
        }
        json.writeEndObject();
    }

    /** The fields of what was copied. */
    static void write(JsonGenerator json, Copy.Copied copied) throws IOException {
        json.writeNumberField("packs", copied.packs());
        json.writeNumberField("bytes", copied.bytes());
        json.writeNumberField("walFiles", copied.walFiles());
    }
}
