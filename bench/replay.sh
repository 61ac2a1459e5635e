# Sourced by bench/run: how fast a server replays archived WAL through restore_command: pgkeep with its prefetcher, pgBackRest's asynchronous
# archive-get, and a plain cp of segments that were never compressed. The same real segments and the same base for all. The clock is
# the server's log: from the beginning of recovery to its target.

replay_segments=200

replay_case() {
  local round tool
  server 15
  size=$scale
  make_cluster "pgbench-$size"
  configure zst 3
  async_configuration
  # Kept with the cluster.
  if [ ! -f "$dir/wal/complete" ]; then
    base_and_segments
    for tool in pgbackrest pgkeep; do
      fresh_archive $tool
      all_ready
      drain $tool > /dev/null
    done
    touch "$dir/wal/complete"
  fi
  stop_server
  set_target
  rm -f "$dir"/tmp/{cp,pgkeep,pgbackrest}-{replay,given}
  for round in $(seq 1 "$rounds"); do
    for tool in cp pgbackrest pgkeep; do
      replay $tool
    done
  done
  for tool in pgbackrest pgkeep; do
    given $tool
  done
  heading "$replay_segments segments of 16 MiB, zstd 3"
  row "replay, wall" s "$(median "$dir/tmp/pgkeep-replay" 1)" "$(median "$dir/tmp/pgbackrest-replay" 1)"
  row "restore_command, segment ready" ms "$(median "$dir/tmp/pgkeep-given" 1)" "$(median "$dir/tmp/pgbackrest-given" 1)"
  heading "the same" pgkeep cp
  row "replay, wall" s "$(median "$dir/tmp/pgkeep-replay" 1)" "$(median "$dir/tmp/cp-replay" 1)"
}

# A base to recover from, and so many segments after it, in wal/ as they are.
base_and_segments() {
  local wal=$data/pg_wal
  turn off
  sql -c "alter system set wal_keep_size = '$(((replay_segments + 50) * 16))MB'" > /dev/null
  stop_server
  first=$(run_as $bin15/pg_controldata "$data" | sed -n "s/^Latest checkpoint's REDO WAL file: *//p")
  rm -rf "$dir/base" "$dir/wal"
  cp -a --reflink=auto "$data" "$dir/base"
  rm -f "$dir"/base/pg_wal/0* "$dir"/base/pg_wal/archive_status/*
  start_server
  while [ "$(segments_after | wc -l)" -lt $((replay_segments + 3)) ]; do
    # Mostly images of whole pages, as on a busy server after a checkpoint.
    sql -c checkpoint
    run_as env PGOPTIONS="-c synchronous_commit=off" $bin15/pgbench -n -N -M prepared -c 4 -T 10 \
      -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
  done
  sql -c "select pg_switch_wal()" > /dev/null
  sleep 5
  stop_server
  drain_segments=$(segments_after | wc -l)
  install -d ${as[0]:+-o postgres -g postgres} "$dir/wal"
  segments_after | while read -r segment; do run_as cp "$wal/$segment" "$dir/wal/"; done
}

# Within the segment after the last that counts.
set_target() {
  target=$(ls "$dir/wal" | grep ^0 | sed -n "$((replay_segments + 1))p")
  target=$((16#${target:8:8}))/$(printf '%X' $((16#${target:16:8} * 0x1000000 + 0x100000)))
}

segments_after() {
  ls "$data/pg_wal/archive_status" | grep -E '^[0-9A-F]{24}\.(done|ready)$' | cut -c1-24 | sort | awk -v first="$first" '$0 "" >= first ""'
}

get_words() {
  case $1 in
    pgbackrest) echo "pgbackrest --config=$dir/pgbackrest.conf --stanza=bench --pg1-path=$dir/recovering archive-get" ;;
    pgkeep) echo "$dir/pgkeep/bin/pgkeep archive-get --config $dir/pgkeep.toml --cluster bench15 --archive-async --spool-path $dir/tmp/spool-pgkeep" ;;
  esac
}

# replay TOOL: seconds, appended to tmp/TOOL-replay
replay() {
  local tool=$1 command
  case $tool in
    cp) command="cp $dir/wal/%f %p" ;;
    *) command="$(get_words "$tool") %f %p" ;;
  esac
  recovering_base
  cat >> "$dir/recovering/postgresql.conf" <<CONF
archive_mode = off
restore_command = '$command'
recovery_target_lsn = '$target'
recovery_target_action = shutdown
log_line_prefix = '%n '
CONF
  sync
  run_as $bin15/postgres -D "$dir/recovering" > "$dir/tmp/output" 2>&1 || true
  awk '/starting point-in-time recovery/ { begin = $1 } /recovery stopping/ { end = $1 }
    END { if (!end) exit 1; printf "%.2f\n", end - begin }' "$dir/tmp/output" >> "$dir/tmp/$tool-replay" ||
    { tail -n 20 "$dir/tmp/output" >&2; exit 1; }
  end_prefetcher "$tool"
}

recovering_base() {
  rm -rf "$dir/recovering"
  cp -a --reflink=auto "$dir/base" "$dir/recovering"
  run_as touch "$dir/recovering/recovery.signal"
}

# What both leave running must not run into the other's time; nor must what is ready.
end_prefetcher() {
  local life
  case $1 in
    pgkeep)
      while life=$(cat "$dir"/tmp/spool-pgkeep/get/*/prefetcher 2> /dev/null); do
        # shellcheck disable=SC2086
        set -- $life
        [ -d "/proc/$3" ] || break
        sleep 0.1
      done
      ;;
    pgbackrest)
      while pgrep -f 'archive-get:async' > /dev/null; do sleep 0.1; done
      rm -rf "$dir/tmp/spool-pgbackrest/archive"
      ;;
  esac
}

# given TOOL: milliseconds of each call, one a line, when its segment is ready.
given() {
  recovering_base
  run_as bash -c 'cd "$1" && for segment in $(ls "$3" | grep ^0 | head -n 40); do
      rm -f pg_wal/RECOVERYXLOG
      begin=$EPOCHREALTIME
      sh -c "$2 $segment pg_wal/RECOVERYXLOG" || exit 1
      end=$EPOCHREALTIME
      awk -v b="$begin" -v e="$end" "BEGIN { printf \"%.2f\n\", (e - b) * 1000 }"
      sleep 0.2
    done' given "$dir/recovering" "$(get_words "$1")" "$dir/wal" > "$dir/tmp/$1-given"
  [ "$1" = pgbackrest ] || run_as touch "$(dirname "$dir"/tmp/spool-pgkeep/get/*/prefetcher)/retire"
  end_prefetcher "$1"
}
