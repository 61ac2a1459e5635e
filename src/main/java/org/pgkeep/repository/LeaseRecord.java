package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a lease's object says ({@code docs/formats/lease.md}).
 *
 * @param work what it was taken for
 * @param since when it was taken
 * @param expiry until when it is held, unless it is refreshed
 * @param term for how long it is held at a time
 * @param fence grows by one with each new holder
 */
public record LeaseRecord(Work work, Owner owner, Instant since, Instant expiry, Duration term, long fence) {
    static final int FORMAT = 1;

    /** Over for every clock, however wrong. */
    private static final Instant GIVEN_BACK = Instant.EPOCH;

    /** Of a new holder. */
    static LeaseRecord taken(Work work, Owner owner, Instant now, Duration term, long fence) {
        return new LeaseRecord(work, owner, now, now.plus(term), term, fence);
    }

    LeaseRecord refreshed(Instant now) {
        return new LeaseRecord(work, owner, since, now.plus(term), term, fence);
    }

    LeaseRecord givenBack() {
        return new LeaseRecord(work, owner, since, GIVEN_BACK, term, fence);
    }

    /** Whether its term ran out, or it was given back. */
    public boolean isOver(Instant now) {
        return !now.isBefore(expiry);
    }

    /** Whether nobody holds it any more: its term ran out, it was given back, or its holder is a process of this machine that ended. */
    boolean isFree(Instant now) {
        return isOver(now) || owner.hasEnded();
    }

    /** Whether its holder gave it back, instead of falling silent. */
    boolean isGivenBack() {
        return expiry.equals(GIVEN_BACK);
    }

    /** Whether it is of the same holder, who may have refreshed it since. */
    boolean isSameHolder(LeaseRecord other) {
        return owner.id().equals(other.owner.id()) && fence == other.fence;
    }

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("work", work.word());
        fields.put("host", owner.host());
        fields.put("process", owner.process());
        fields.put("id", owner.id());
        owner.life().ifPresent(life -> fields.put("life", life.toString()));
        fields.put("since", since);
        fields.put("expiry", expiry);
        fields.put("termMillis", term.toMillis());
        fields.put("fence", fence);
        return Json.print(fields);
    }

    static LeaseRecord parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        return new LeaseRecord(
                Work.ofWord(json.text("work")).orElseThrow(() -> json.wrong("work")),
                new Owner(
                        json.text("host"),
                        json.number("process"),
                        json.text("id"),
                        json.optionalText("life").flatMap(Life::parse)),
                json.instant("since"),
                json.instant("expiry"),
                Duration.ofMillis(json.number("termMillis")),
                json.number("fence"));
    }
}
