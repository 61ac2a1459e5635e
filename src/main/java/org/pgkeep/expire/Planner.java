package org.pgkeep.expire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pgkeep.repository.Label;

/** Decides what stays: a pure function of the catalogue, the policy and the time. */
public final class Planner {
    private final Catalogue catalogue;
    private final Policy policy;
    private final Instant now;
    private final List<Candidate> good;
    private final List<Rule> rules;
    private final Map<Label, List<Reason>> reasons = new TreeMap<>();

    private Planner(Catalogue catalogue, Policy policy, Instant now) {
        this.catalogue = catalogue;
        this.policy = policy;
        this.now = now;
        this.good = catalogue.backups().reversed().stream()
                .filter(catalogue::isGood)
                .toList();
        this.rules = rules();
        catalogue.backups().forEach(backup -> reasons.put(backup.label(), new ArrayList<>()));
    }

    /** Decides. */
    public static Plan plan(Catalogue catalogue, Policy policy, Instant now) {
        return new Planner(catalogue, policy, now).plan();
    }

    private List<Rule> rules() {
        List<Rule> all = new ArrayList<>();
        if (policy.full().isPresent() || policy.diff().isPresent()) {
            all.add(new CountRule(policy.full(), policy.diff(), good));
        }
        policy.window().ifPresent(window -> all.add(new WindowRule(window, now, catalogue, good)));
        policy.periods().forEach((period, count) -> all.add(new PeriodRule(period, count, policy.zone(), good)));
        policy.minBackups().ifPresent(count -> all.add(new FloorRule(count, good)));
        return all;
    }

    private Plan plan() {
        for (Candidate backup : catalogue.backups()) {
            byPolicy(backup);
            byHold(backup);
        }
        byCaution();
        if (policy.chains() == Policy.Chains.TOGETHER) {
            byChain();
        }
        Predicate<Candidate> anyMoment = anyMoment();
        List<Kept> kept = catalogue.backups().stream()
                .filter(this::stays)
                .map(backup -> new Kept(backup, anyMoment.test(backup)))
                .toList();
        return new Plan(fates(anyMoment), new WalPlanner(catalogue, policy, kept).fates());
    }

    /** A backup that stays, and whether the WAL that follows it does. */
    record Kept(Candidate backup, boolean anyMoment) {}

    private void byPolicy(Candidate backup) {
        if (!policy.limitsBackups()) {
            add(backup, new Reason.NoPolicy());
            return;
        }
        rules.forEach(rule -> rule.keeps(backup).ifPresent(reason -> add(backup, reason)));
    }

    private void byHold(Candidate backup) {
        switch (backup.hold()) {
            case Candidate.Hold.None() -> {}
            case Candidate.Hold.ByPin(var pin) -> {
                if (pin.holds(now)) {
                    add(backup, new Reason.Pinned(pin));
                }
            }
            case Candidate.Hold.Unknown(String why) -> add(backup, new Reason.MarkUnreadable(why));
        }
    }

    /** Whatever the policies say, what can be restored now can still be restored afterwards. */
    private void byCaution() {
        if (good.isEmpty()) {
            catalogue.backups().forEach(backup -> add(backup, new Reason.NoneGood()));
            return;
        }
        if (!stays(good.getFirst())) {
            add(good.getFirst(), new Reason.LastGood());
        }
        for (Archive archive : catalogue.archives()) {
            if (archive.current() && !archive.timelines().isEmpty()) {
                int newest = archive.timelines().getLast().timeline();
                Lineage lineage = new Lineage(archive);
                good.stream()
                        .filter(backup -> backup.stretch().historyId() == archive.historyId())
                        .filter(backup -> lineage.leads(backup, newest))
                        .findFirst()
                        .filter(backup -> !backup.equals(good.getFirst()))
                        .ifPresent(backup -> add(backup, new Reason.LeadsToTimeline(newest)));
            }
        }
    }

    private void byChain() {
        Map<Label, Candidate> byLabel = new TreeMap<>();
        catalogue.backups().forEach(backup -> byLabel.put(backup.label(), backup));
        for (Candidate backup : catalogue.backups().reversed()) {
            Optional<Candidate> base = backup.base().map(byLabel::get);
            if (base.isPresent() && stays(backup) && !stays(base.get())) {
                add(base.get(), new Reason.BaseOf(backup.label()));
            }
        }
    }

    private void add(Candidate backup, Reason reason) {
        reasonsOf(backup).add(reason);
    }

    private List<Reason> reasonsOf(Candidate backup) {
        return reasons.computeIfAbsent(backup.label(), _ -> new ArrayList<>());
    }

    private boolean stays(Candidate backup) {
        return !reasonsOf(backup).isEmpty();
    }

    /** Which backups lead to any later moment. Only good ones count to the depth, so that it is not spent on others. */
    private Predicate<Candidate> anyMoment() {
        List<Label> deep = good.stream()
                .filter(backup -> has(backup, Reason.FollowingWal.STAYS) || has(backup, Reason.FollowingWal.MUST_STAY))
                .map(Candidate::label)
                .toList();
        int depth = policy.walDepth().orElse(Integer.MAX_VALUE);
        Optional<Label> oldest = depth <= deep.size() ? Optional.of(deep.get(depth - 1)) : Optional.empty();
        return backup -> has(backup, Reason.FollowingWal.MUST_STAY)
                || (has(backup, Reason.FollowingWal.STAYS)
                        && (oldest.isEmpty() || backup.label().compareTo(oldest.get()) >= 0));
    }

    private boolean has(Candidate backup, Reason.FollowingWal following) {
        return reasonsOf(backup).stream().anyMatch(reason -> reason.followingWal() == following);
    }

    private List<Plan.Fate> fates(Predicate<Candidate> anyMoment) {
        Map<Label, Plan.Fate> fates = new TreeMap<>();
        catalogue
                .unreadable()
                .forEach((label, why) ->
                        fates.put(label, new Plan.Fate.Stays(label, List.of(new Reason.RecordUnreadable(why)), true)));
        for (Candidate backup : catalogue.backups()) {
            fates.put(
                    backup.label(),
                    stays(backup)
                            ? new Plan.Fate.Stays(backup.label(), reasonsOf(backup), anyMoment.test(backup))
                            : new Plan.Fate.Goes(backup.label(), objections(backup)));
        }
        return List.copyOf(fates.values());
    }

    private List<Objection> objections(Candidate backup) {
        return rules.stream().flatMap(rule -> rule.objection(backup).stream()).toList();
    }
}
