# Sourced by bench/run: what PostgreSQL waits for with each WAL segment, one process a segment, without a spool.

segments=30

push_case() {
  local segment tool last
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
  for tool in pgbackrest pgkeep; do
    fresh_repository $tool
    turn off
    for segment in "$dir"/segments/*; do
      case $tool in
        pgbackrest) timed "$dir/tmp/push-pgbackrest" pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench archive-push "$segment" ;;
        pgkeep) push_with_pgkeep push-pgkeep "$segment" ;;
      esac
    done
  done
  fresh_repository pgkeep
  turn off
  for segment in "$dir"/segments/*; do
    push_with_pgkeep push-plain "$segment" --no-wal-summaries
  done
  heading "archive-push of one segment ($(ls "$dir/segments" | wc -l) of them), zstd 3"
  rows "with WAL summaries" push-pgkeep push-pgbackrest
  rows "without" push-plain push-pgbackrest
  rm -rf "$dir/segments"
  stop_server
}

# push_with_pgkeep RESULT SEGMENT [OPTION...]
push_with_pgkeep() {
  local out=$1
  shift
  timed "$dir/tmp/$out" "$dir/pgkeep/bin/pgkeep" archive-push --config "$dir/pgkeep.toml" --cluster bench15 "$@"
}
