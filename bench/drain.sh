# Sourced by bench/run: how fast segments that wait get into the repository, with both tools' asynchronous archiving; and what a call of
# archive_command costs when its segment is stored already. The same real segments for both, of a server that is stopped: a loop calls
# archive_command in its place, once a segment, in order, as PostgreSQL does: by a shell, and renames the status itself.

drain_segments=200
# Of pgkeep, if not as it compresses WAL where only compression is set.
wal_compression=

drain_case() {
  server 15
  size=$scale
  make_cluster "pgbench-$size"
  ready_segments
  stop_server
  drain_compressed "zstd 3" zst 3
  heading "the same, compressed and nothing else" zstd pgBackRest
  row "wall" s "$(median "$dir/tmp/zstd-drain" 1)" "$(median "$dir/tmp/pgbackrest-drain" 1)"
  wal_compression=zstd:3
  drain_compressed "zstd 3, also wal-compression" zst 3
  wal_compression=
  drain_compressed lz4 lz4
  drain_compressed "as each tool compresses unasked"
}

# drain_compressed TITLE [TYPE [LEVEL]]
drain_compressed() {
  local title=$1 round tool
  shift
  configure "$@"
  async_configuration
  [ -z "$wal_compression" ] || sed -i "s/^compression = .*/&\nwal-compression = \"$wal_compression\"/" "$dir/pgkeep.toml"
  rm -f "$dir"/tmp/{pgkeep,pgbackrest}-{drain,call} "$dir/tmp/zstd-drain"
  for round in $(seq 1 "$rounds"); do
    for tool in pgbackrest pgkeep; do
      fresh_archive $tool
      all_ready
      drain $tool
    done
    [ "$title" != "zstd 3" ] || compress_only
  done
  # The median of all calls of all rounds: each finds its segment stored.
  for tool in pgbackrest pgkeep; do
    fresh_archive $tool
    all_ready
    calls $tool
  done
  heading "$drain_segments segments of 16 MiB, $title"
  row "drain, wall" s "$(median "$dir/tmp/pgkeep-drain" 1)" "$(median "$dir/tmp/pgbackrest-drain" 1)"
  row "archive_command, segment stored" ms "$(median "$dir/tmp/pgkeep-call" 1)" "$(median "$dir/tmp/pgbackrest-call" 1)"
  row "repository" MiB "$(du -sm "$dir/pgkeep-repo" | cut -f1)" "$(du -sm "$dir/pgbackrest-repo" | cut -f1)"
}

# Until there are so many complete segments that PostgreSQL keeps.
ready_segments() {
  local done=$data/pg_wal/archive_status
  turn off
  sql -c "alter system set wal_keep_size = '$(((drain_segments + 20) * 16))MB'" -c "select pg_reload_conf()" > /dev/null
  while [ "$(find "$done" -name '*.done' | grep -cE '/[0-9A-F]{24}\.done$')" -lt $((drain_segments + 2)) ]; do
    # Mostly images of whole pages, as on a busy server after a checkpoint.
    sql -c checkpoint
    run_as env PGOPTIONS="-c synchronous_commit=off" $bin15/pgbench -n -N -M prepared -c 4 -T 10 \
      -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
  done
  sql -c "select pg_switch_wal()" > /dev/null
  sleep 5
}

segments_done() { ls "$data/pg_wal/archive_status" | grep -E '^[0-9A-F]{24}\.(done|ready)$' | cut -c1-24 | sort | tail -n $drain_segments; }

all_ready() {
  local segment
  for segment in $(segments_done); do
    [ ! -f "$data/pg_wal/archive_status/$segment.done" ] ||
      mv "$data/pg_wal/archive_status/$segment.done" "$data/pg_wal/archive_status/$segment.ready"
  done
  sync
  [ "$(ls "$data/pg_wal/archive_status" | grep -c '\.ready$')" = $drain_segments ] || { say "not $drain_segments segments are ready" >&2; exit 1; }
}

async_configuration() {
  sed -i "s/^\[bench\]/archive-async=y\n[bench]/" "$dir/pgbackrest.conf"
  sed -i "s/^spool-path=.*/spool-path=$(printf %s "$dir/tmp/spool-pgbackrest" | sed 's/\//\\\//g')/" "$dir/pgbackrest.conf"
}

fresh_archive() {
  rm -rf "$dir/$1-repo" "$dir/tmp/spool-$1"
  install -d -m 750 ${as[0]:+-o postgres -g postgres} "$dir/$1-repo" "$dir/tmp/spool-$1"
  case $1 in
    pgbackrest) run_as pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench --no-online stanza-create ;;
    pgkeep) pgkeep init > /dev/null ;;
  esac
}

# The words of archive_command without the path.
archive_words() {
  case $1 in
    pgbackrest) echo "pgbackrest --config=$dir/pgbackrest.conf --stanza=bench archive-push" ;;
    pgkeep) echo "$dir/pgkeep/bin/pgkeep archive-push --config $dir/pgkeep.toml --cluster bench15 --archive-async --spool-path $dir/tmp/spool-pgkeep" ;;
  esac
}

drain() {
  cat > "$dir/tmp/drain" <<'PY'
#!/usr/bin/python3
import glob, os, sys

data, command = sys.argv[1:]
os.chdir(data)
for status in sorted(glob.glob("pg_wal/archive_status/*.ready")):
    segment = os.path.basename(status).removesuffix(".ready")
    # As system(3), by which PostgreSQL starts it: without a copy of this process.
    child = os.posix_spawn("/bin/sh", ["sh", "-c", f"{command} pg_wal/{segment}"], os.environ)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{segment} is not archived")
    os.rename(status, f"pg_wal/archive_status/{segment}.done")
PY
  chmod 755 "$dir/tmp/drain"
  timed "$dir/tmp/$1-drain" "$dir/tmp/drain" "$data" "$(archive_words "$1")"
  end_archiver "$1"
}

# What compressing alone takes: the segments by the zstd program, by as many processes as both tools have; no check sums, nothing synced.
compress_only() {
  rm -rf "$dir/tmp/zstd"
  run_as mkdir "$dir/tmp/zstd"
  segments_done > "$dir/tmp/segments"
  timed "$dir/tmp/zstd-drain" sh -c 'cd "$1/pg_wal" && xargs -P "$4" -n 20 zstd -q -3 --no-check --single-thread --output-dir-flat "$2" < "$3"' \
    compress "$data" "$dir/tmp/zstd" "$dir/tmp/segments" "$jobs"
  rm -rf "$dir/tmp/zstd" "$dir/tmp/segments"
}

# What both leave running must not run into the other's time.
end_archiver() {
  local pid
  case $1 in
    pgkeep)
      pid=$(head -n 1 "$dir/tmp/spool-pgkeep/archiver" | cut -d' ' -f3)
      awk '/VmHWM/ { printf "archiver, peak %d MiB\n", $2 / 1024 }' "/proc/$pid/status"
      awk '{ printf "archiver, CPU %.2f s\n", ($14 + $15) / 100 }' "/proc/$pid/stat"
      run_as touch "$dir/tmp/spool-pgkeep/retire"
      while [ -d "/proc/$pid" ]; do sleep 0.1; done
      ;;
    pgbackrest) while pgrep -f 'archive-push:async' > /dev/null; do sleep 0.1; done ;;
  esac
}

# calls TOOL: milliseconds of each call, one a line, when all segments are stored.
calls() {
  local words first segment spool
  words=$(archive_words "$1")
  first=$(segments_done | sed -n 1p)
  run_as sh -c "cd '$data' && $words pg_wal/$first" > /dev/null
  spool=$dir/tmp/spool-$1
  while [ "$(find "$spool" -name '*.ok' | wc -l)" -lt $drain_segments ]; do sleep 0.2; done
  run_as bash -c 'cd "$1" && for segment in $3; do
      begin=$EPOCHREALTIME
      sh -c "$2 pg_wal/$segment" || exit 1
      end=$EPOCHREALTIME
      awk -v b="$begin" -v e="$end" "BEGIN { printf \"%.2f\n\", (e - b) * 1000 }"
    done' calls "$data" "$words" "$(segments_done)" > "$dir/tmp/$1-call"
  end_archiver "$1"
}
