package org.pgkeep.repository;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code marks/<label>.json}: what may change about a backup after its commit ({@code docs/formats/mark.md}). {@link BackupMarks}
 * reads and changes it.
 *
 * @param pin keeps it
 * @param name another name for it, unique in its cluster
 * @param note a line for people
 * @param annotations facts for programs, by key
 * @param validation the last look at its stored bytes; empty when nobody looked yet
 */
public record BackupMark(
        Label label,
        Optional<Pin> pin,
        Optional<GivenName> name,
        Optional<String> note,
        SortedMap<String, String> annotations,
        Optional<Validation> validation) {
    static final int FORMAT = 1;

    /** Longest note and longest value of an annotation, in characters. */
    public static final int TEXT_MAX = 4096;

    /** Longest key of an annotation, in characters. */
    public static final int KEY_MAX = 64;

    /** Most annotations of a backup. */
    public static final int ANNOTATIONS_MAX = 64;

    public BackupMark {
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
        if (!note.map(BackupMark::isText).orElse(true)) {
            throw new IllegalArgumentException("note");
        }
        boolean sound = annotations.size() <= ANNOTATIONS_MAX
                && annotations.entrySet().stream().allMatch(each -> isKey(each.getKey()) && isText(each.getValue()));
        if (!sound) {
            throw new IllegalArgumentException("annotations");
        }
    }

    /** What is known of a backup that nobody marked. */
    public static BackupMark none(Label label) {
        return new BackupMark(
                label, Optional.empty(), Optional.empty(), Optional.empty(), new TreeMap<>(), Optional.empty());
    }

    /** Whether a note or an annotation's value may be this: 1 to {@value #TEXT_MAX} characters, none of them a control character. */
    public static boolean isText(String text) {
        return !text.isEmpty() && text.length() <= TEXT_MAX && text.chars().noneMatch(Character::isISOControl);
    }

    /** Whether an annotation may have this key: 1 to {@value #KEY_MAX} letters, digits, {@code _}, {@code -} and {@code .}. */
    public static boolean isKey(String key) {
        // Of the same letters as a cluster's name, which has the same length.
        return key.length() <= KEY_MAX && ClusterName.parse(key).isPresent();
    }

    /** The same with this pin, or none. */
    public BackupMark withPin(Optional<Pin> other) {
        return new BackupMark(label, other, name, note, annotations, validation);
    }

    /** The same with this name, or none. */
    public BackupMark withName(Optional<GivenName> other) {
        return new BackupMark(label, pin, other, note, annotations, validation);
    }

    /** The same with this note, or none. */
    public BackupMark withNote(Optional<String> other) {
        return new BackupMark(label, pin, name, other, annotations, validation);
    }

    /** The same with these annotations and no others. */
    public BackupMark withAnnotations(SortedMap<String, String> others) {
        return new BackupMark(label, pin, name, note, others, validation);
    }

    /** The same with this finding. */
    public BackupMark withValidation(Validation finding) {
        return new BackupMark(label, pin, name, note, annotations, Optional.of(finding));
    }

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("label", label);
        pin.ifPresent(value -> fields.put("pin", fields(value)));
        name.ifPresent(value -> fields.put("name", value));
        note.ifPresent(value -> fields.put("note", value));
        if (!annotations.isEmpty()) {
            fields.put("annotations", annotations);
        }
        validation.ifPresent(value -> fields.put("validation", fields(value)));
        return Json.print(fields);
    }

    private static Map<String, Object> fields(Pin pin) {
        Map<String, Object> fields = new LinkedHashMap<>();
        pin.until().ifPresent(until -> fields.put("until", until));
        fields.put("keepWal", pin.keepsWal());
        return fields;
    }

    private static Map<String, Object> fields(Validation validation) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", validation.isDamaged() ? "damaged" : "ok");
        fields.put("at", validation.at());
        fields.put("depth", validation.depth().word());
        if (validation.isDamaged()) {
            fields.put("damage", validation.damage());
            fields.put("more", validation.more());
        }
        return fields;
    }

    static BackupMark parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        try {
            return new BackupMark(
                    json.label("label"),
                    json.optionalObject("pin").map(BackupMark::pin),
                    json.optionalText("name").map(text -> GivenName.parse(text).orElseThrow(() -> json.wrong("name"))),
                    json.optionalText("note"),
                    json.optionalObject("annotations").map(Json::texts).orElseGet(TreeMap::new),
                    json.optionalObject("validation").map(BackupMark::validation));
        } catch (IllegalArgumentException e) {
            throw json.wrong(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    private static Pin pin(Json json) {
        return new Pin(json.optionalText("until").map(_ -> json.instant("until")), json.flag("keepWal"));
    }

    private static Validation validation(Json json) {
        Validation.Depth depth =
                Validation.Depth.ofWord(json.text("depth")).orElseThrow(() -> json.wrong("validation.depth"));
        return switch (json.text("status")) {
            case "ok" -> Validation.sound(json.instant("at"), depth);
            case "damaged" -> new Validation(json.instant("at"), depth, damage(json), json.number("more"));
            default -> throw json.wrong("validation.status");
        };
    }

    private static List<String> damage(Json json) {
        List<String> damage = json.texts("damage");
        if (damage.isEmpty()) {
            throw json.wrong("validation.damage");
        }
        return damage;
    }
}
