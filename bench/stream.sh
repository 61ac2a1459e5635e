# Sourced by bench/run: what commits cost when they wait for a receiver of WAL, turn and turn about.

stream_seconds=10
stream_clients=8

stream_case() {
  local round
  bundle=n size=20
  configure zst 1
  server 15
  make_cluster "pgbench-$size"
  turn off
  fresh_repository pgkeep
  turn off
  sql -c "alter system set synchronous_standby_names = ''" -c "select pg_reload_conf()" > /dev/null
  rm -f "$dir"/tmp/stream-*
  for round in $(seq "$rounds"); do
    stream_run alone
    stream_run pgkeep-async
    stream_run pgkeep-sync
    stream_run receivewal-sync
  done
  heading "pgbench, $stream_clients clients, transactions/s" with without
  row "pgkeep receive-wal, asynchronous" tps "$(median "$dir/tmp/stream-pgkeep-async" 1)" "$(median "$dir/tmp/stream-alone" 1)"
  row "pgkeep receive-wal, synchronous" tps "$(median "$dir/tmp/stream-pgkeep-sync" 1)" "$(median "$dir/tmp/stream-alone" 1)"
  row "pg_receivewal --synchronous" tps "$(median "$dir/tmp/stream-receivewal-sync" 1)" "$(median "$dir/tmp/stream-alone" 1)"
  heading "commits that wait for a receiver" pgkeep pg_receivewal
  row "transactions/s" tps "$(median "$dir/tmp/stream-pgkeep-sync" 1)" "$(median "$dir/tmp/stream-receivewal-sync" 1)"
  row "the receiver's peak" MiB "$(median "$dir/tmp/stream-pgkeep-sync" 2)" "$(median "$dir/tmp/stream-receivewal-sync" 2)"
  sql -c "alter system reset synchronous_standby_names" -c "select pg_reload_conf()" > /dev/null
  stop_server
}

# In the place of its shell, so that $receiver is the program's own process.
in_background() {
  (exec "${as[@]}" "$@" > "$dir/tmp/receiver.log" 2>&1) &
  receiver=$!
}

# stream_run HOW: appends "transactions/s peakMiB" to tmp/stream-HOW
stream_run() {
  local how=$1 receiver='' peak=0 tps
  rm -rf "$dir/received"
  run_as mkdir "$dir/received"
  case $how in
    alone) ;;
    pgkeep-async | pgkeep-sync)
      in_background "$dir/pgkeep/bin/pgkeep" receive-wal --config "$dir/pgkeep.toml" --cluster bench15 --application-name waited \
        --tmp-path "$dir/tmp" $([ "$how" = pgkeep-async ] || echo --synchronous)
      ;;
    receivewal-sync)
      in_background env PGAPPNAME=waited $bin15/pg_receivewal --synchronous -D "$dir/received" -h "$dir/socket" -p "$port" -U "$user"
      ;;
  esac
  if [ -n "$receiver" ]; then
    until [ "$(sql -c "select count(*) from pg_stat_replication where state = 'streaming'")" = 1 ]; do sleep 0.2; done
  fi
  case $how in
    *-sync) sql -c "alter system set synchronous_standby_names = '*'" -c "select pg_reload_conf()" > /dev/null ;;
  esac
  sleep 1
  tps=$(run_as $bin15/pgbench -n -M prepared -c $stream_clients -j 2 -T $stream_seconds -h "$dir/socket" -p "$port" postgres 2>&1 \
    | sed -n 's/^tps = \([0-9.]*\).*/\1/p')
  sql -c "alter system set synchronous_standby_names = ''" -c "select pg_reload_conf()" > /dev/null
  if [ -n "$receiver" ]; then
    peak=$(awk '/^VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$receiver/status")
    kill "$receiver"
    wait "$receiver" || true
  fi
  echo "$tps $peak" >> "$dir/tmp/stream-$how"
}
