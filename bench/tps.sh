# Sourced by bench/run: what archiving costs the transactions of a server: pgbench with archive_command = '/bin/true', and with asynchronous
# archiving by each tool, one after another, round by round.

tps_seconds=30

tps_case() {
  local round tool tools=(true pgbackrest pgkeep)
  server 15
  size=$scale
  make_cluster "pgbench-$size"
  configure zst 3
  async_configuration
  turn off
  rm -f "$dir"/tmp/tps-*
  for tool in pgbackrest pgkeep; do
    fresh_archive $tool
  done
  for round in $(seq 1 "$rounds"); do
    for tool in "${tools[@]}"; do
      transactions "$tool" >> "$dir/tmp/tps-$tool"
    done
    # Each is the first, the second and the third in turn: the tables grow, and the first finds the disk idle.
    tools=("${tools[@]:1}" "${tools[0]}")
  done
  heading "pgbench, 4 clients, zstd 3" "transactions/s" "of /bin/true" ratio
  for tool in pgkeep pgbackrest; do
    row "$tool" 1/s "$(median "$dir/tmp/tps-$tool" 1)" "$(median "$dir/tmp/tps-true" 1)"
  done
  say "WAL: $(median "$dir/tmp/tps-true" 2) MiB/s"
  stop_server
}

# transactions TOOL: how many there were in a second, and MiB of WAL.
transactions() {
  local command=/bin/true before
  [ "$1" = true ] || command="$(archive_words "$1") %p"
  sql -c "alter system set archive_mode = on" -c "alter system set archive_command = '$command'" > /dev/null
  stop_server
  start_server
  sql -c checkpoint
  before=$(sql -Atc "select pg_current_wal_lsn()")
  run_as $bin15/pgbench -n -N -M prepared -c 4 -T $tps_seconds -h "$dir/socket" -p "$port" postgres |
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' | tr '\n' ' '
  sql -Atc "select round(pg_wal_lsn_diff(pg_current_wal_lsn(), '$before') / 1048576 / $tps_seconds, 1)"
  # What is left over must not run into another's time.
  while [ "$(ls "$data/pg_wal/archive_status" | grep -c '\.ready$')" != 0 ]; do sleep 0.5; done
  [ "$1" = true ] || end_archiver "$1" > /dev/null
}
