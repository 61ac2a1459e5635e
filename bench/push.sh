# Sourced by bench/run: what PostgreSQL waits for with each WAL segment, one process a segment, without a spool.

segments=30

push_case() {
  local round segment tool last
  local push_with_pgkeep=("$dir/pgkeep/bin/pgkeep" archive-push --config "$dir/pgkeep.toml" --cluster bench15)
  bundle=n size=20
  configure zst 3
  server 15
  make_cluster "pgbench-$size"
  turn off
  # Between two checkpoints, so that none of them is recycled.
  sql -c checkpoint
  run_as $bin15/pgbench -n -N -M prepared -c 4 -T 20 -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
  last=$(sql -c "select pg_walfile_name(pg_switch_wal())")
  rm -rf "$dir/segments"
  run_as mkdir "$dir/segments"
  for segment in $(ls "$data/pg_wal" | grep -E '^[0-9A-F]{24}$' | awk -v last="$last" '$0 <= last' | tail -n $segments); do
    run_as cp "$data/pg_wal/$segment" "$dir/segments/"
  done
  rm -f "$dir"/tmp/push-*
  for round in $(seq 1 "$rounds"); do
    for tool in pgbackrest pgkeep; do
      fresh_repository $tool
      turn off
      case $tool in
        pgbackrest) pushes push-pgbackrest pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench archive-push ;;
        pgkeep) pushes push-pgkeep "${push_with_pgkeep[@]}" ;;
      esac
    done
    fresh_repository pgkeep
    turn off
    pushes push-plain "${push_with_pgkeep[@]}" --no-wal-summaries
  done
  heading "archive-push of one segment ($(ls "$dir/segments" | wc -l) of them), zstd 3"
  push_rows "with WAL summaries" push-pgkeep
  push_rows "without" push-plain
  rm -rf "$dir/segments"
  stop_server
}

# pushes RESULT COMMAND...: appends "ms of wall clock, ms of CPU" of one process for each segment, which is the command's last word. The clock is
# read in the shell that starts it: GNU time knows hundredths of a second only.
pushes() {
  local out=$1
  shift
  run_as bash -c 'segments=$1 && shift && TIMEFORMAT="%3R %3U %3S" && for segment in "$segments"/*; do
      sync
      { time "$@" "$segment" > /dev/null 2>&4; } 4>&2 2>&1 | awk "{ printf \"%.0f %.0f\n\", \$1 * 1000, (\$2 + \$3) * 1000 }"
      [ "${PIPESTATUS[0]}" = 0 ] || exit 1
    done' pushes "$dir/segments" "$@" >> "$dir/tmp/$out"
}

# push_rows WHAT RESULT
push_rows() {
  row "$1, wall" ms "$(median "$dir/tmp/$2" 1)" "$(median "$dir/tmp/push-pgbackrest" 1)"
  row "$1, CPU" ms "$(median "$dir/tmp/$2" 2)" "$(median "$dir/tmp/push-pgbackrest" 2)"
}
