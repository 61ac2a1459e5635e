# Sourced by bench/run: how long listings take of a repository after years of work. No server, no other tool: a generator of the tests
# makes the names and records of 10,000 backups and 1,000,000 WAL segments, with holes for their data.

catalogue_backups=10000
catalogue_segments=1000000

make_catalogue() {
  local classes
  say "making a repository of $catalogue_backups backups and $catalogue_segments segments"
  (cd "$root" && mvn -q -ntp -B -Dfast test-compile dependency:build-classpath -Dmdep.outputFile="$dir/tests.path" < /dev/null)
  classes=$root/target/test-classes:$root/target/classes:$(cat "$dir/tests.path")
  rm -rf "$dir/catalogue"
  "$(sed -n "s/^built_with='\\(.*\\)'/\\1/p" "$dir/pgkeep/bin/pgkeep")/bin/java" -XX:+UseSerialGC -Xmx256m -cp "$classes" \
    org.pgkeep.repository.LargeRepository "$dir/catalogue" "$catalogue_backups" "$catalogue_segments"
}

catalogue_case() {
  local what
  [ -d "$dir/catalogue" ] || make_catalogue
  for what in "info" "info --output=json" "info --wal"; do
    rm -f "$dir/tmp/catalogue"
    for _ in $(seq 1 "$rounds"); do
      # shellcheck disable=SC2086
      timed "$dir/tmp/catalogue" "$dir/pgkeep/bin/pgkeep" $what --repo-path "$dir/catalogue"
    done
    say "$what: $(median "$dir/tmp/catalogue" 1) s wall, $(median "$dir/tmp/catalogue" 2) s CPU, $(median "$dir/tmp/catalogue" 3) KiB"
  done
}
