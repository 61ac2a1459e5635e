package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.config.Options;
import org.pgkeep.repository.RepositoryObjects;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;

/** {@code pgkeep repo ls}: a stream. */
final class RepoListing {
    private final Invocation invocation;
    private final RepositoryObjects objects;

    RepoListing(Invocation invocation, RepositoryObjects objects) {
        this.invocation = invocation;
        this.objects = objects;
    }

    /** Something in a folder: an object, or a folder. */
    private record Item(String path, Optional<ObjectInfo> object) {}

    /** Lists a folder, "" for the whole repository, or the one object of this path. */
    void print(String path) {
        try (Output out = new Output(invocation.out());
                Stream<Item> items = items(path)) {
            Iterator<Item> each = items.iterator();
            if (!path.isEmpty() && !each.hasNext()) {
                throw RepoPath.missing(objects, new ObjectName(path));
            }
            if (invocation.json()) {
                printJson(out.stream(), path, each);
            } else {
                each.forEachRemaining(item -> print(out.stream(), item));
            }
        }
    }

    private Stream<Item> items(String path) {
        Optional<ObjectInfo> object = path.isEmpty() ? Optional.empty() : objects.find(new ObjectName(path));
        if (object.isPresent()) {
            return Stream.of(new Item(path, object));
        }
        if (invocation.settings().get(Options.RECURSIVE)) {
            return objects.all(path).map(found -> new Item(found.name().value(), Optional.of(found)));
        }
        return objects.children(path).stream()
                .map(child -> path.isEmpty() ? child : path + "/" + child)
                .map(child -> new Item(child, objects.find(new ObjectName(child))));
    }

    private static void print(PrintStream out, Item item) {
        out.printf(
                Locale.ROOT,
                "%15s  %-25s  %s%n",
                item.object.map(object -> Long.toString(object.sizeBytes())).orElse("-"),
                item.object.map(object -> BackupText.time(object.modified())).orElse("-"),
                item.path + (item.object.isPresent() ? "" : "/"));
    }

    private static void printJson(PrintStream out, String path, Iterator<Item> items) {
        JsonOutput.print(out, json -> {
            json.writeStringField("path", path);
            json.writeArrayFieldStart("content");
            while (items.hasNext()) {
                write(json, items.next());
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Item item) throws IOException {
        json.writeStartObject();
        json.writeStringField("path", item.path);
        json.writeStringField("type", item.object.isPresent() ? "object" : "folder");
        if (item.object.isPresent()) {
            json.writeNumberField("bytes", item.object.get().sizeBytes());
            json.writeStringField("modified", item.object.get().modified().toString());
        }
        json.writeEndObject();
    }
}
