# Sourced by bench/run: incremental backups and delta restores, after changes at random pages and after none.

fill_pgbench() {
  run_as $bin15/pgbench -q -i -F 90 -s "$size" -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
}

# change TRANSACTIONS: each updates a row of a page at random, which has room for that. Its WAL is archived when this returns.
change() {
  local last
  run_as env PGOPTIONS="-c synchronous_commit=off" $bin15/pgbench -n -N -M prepared -c 4 -t $(($1 / 4)) \
    -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
  # The visibility map and hint bits now, not while the tools work.
  sql -c "vacuum pgbench_accounts" -c checkpoint
  last=$(sql -c "select pg_walfile_name(pg_switch_wal())")
  for _ in $(seq 1 6000); do
    [[ "$(sql -c 'select last_archived_wal from pg_stat_archiver')" < "$last" ]] || return 0
    sleep 0.1
  done
  say "WAL segment $last is not archived" >&2
  exit 1
}

newest() {
  case $1 in
    pgkeep) ls "$dir/pgkeep-repo/clusters/bench$major/backups" | sort | tail -n 1 ;;
    pgbackrest) ls "$dir/pgbackrest-repo/backup/bench" | grep -E '^[0-9]{8}-' | sort | tail -n 1 ;;
  esac
}

# The transactions that change about 7 % of all pages.
seven_percent() { sql -c "select sum(relpages) * 7 / 100 from pg_class"; }

blocks_read() { awk '/ read, .* stored, changes by /' "$dir/tmp/output"; }

incremental_on_15() {
  turn pgkeep
  change "$(seven_percent)"
  local base
  base=$(newest pgkeep)
  warm "$data"
  for tool in "$@"; do
    turn "$tool"
    case $tool in
      pgbackrest) backup pgbackrest "$dir/tmp/pgbackrest-incr" --type=incr ;;
      pgkeep)
        if [ "$wal" = yes ]; then
          backup pgkeep "$dir/tmp/pgkeep-wal" --changes wal
          blocks_read
        fi
        backup pgkeep "$dir/tmp/pgkeep-lsn" --base "$base" --changes lsn
        blocks_read
        ;;
    esac
  done
  for tool in "$@"; do
    turn "$tool"
    case $tool in
      pgbackrest) backup pgbackrest "$dir/tmp/pgbackrest-none" --type=incr ;;
      pgkeep) backup pgkeep "$dir/tmp/pgkeep-none" ;;
    esac
  done
}

incremental_on_18() {
  turn pgkeep
  change "$(seven_percent)"
  warm "$data"
  backup pgkeep "$dir/tmp/pgkeep-summary" --changes summary
  blocks_read
  backup pgkeep "$dir/tmp/pgkeep-none18"
}

# delta TOOL RESULT WHICH: over the directory, to the state before or after the round's changes
delta() {
  case $1-$3 in
    pgbackrest-before) restore pgbackrest "$2" "$dir/restored" --delta --set="$before_pgbackrest" --type=immediate ;;
    pgbackrest-after) restore pgbackrest "$2" "$dir/restored" --delta --set="$after_pgbackrest" --type=immediate ;;
    pgkeep-before) restore pgkeep "$2" "$dir/restored" --delta --backup "$before_pgkeep" --target immediate ;;
    pgkeep-after) restore pgkeep "$2" "$dir/restored" --delta --backup "$after_pgkeep" --target immediate ;;
  esac
}

# Each goes over what the other left, forward and back.
deltas() {
  warm "$dir/restored" "$dir/pgkeep-repo" "$dir/pgbackrest-repo"
  delta "$1" "$dir/tmp/$1-delta" after
  delta "$1" "$dir/tmp/$1-same" after
  delta "$2" "$dir/tmp/$2-same" after
  delta "$2" "$dir/tmp/$2-delta" before
  delta "$1" "$dir/tmp/$1-delta" after
}

first_backups() {
  server 15
  fresh_repository pgbackrest
  backup pgbackrest "$dir/tmp/pgbackrest-full" --type=full
  fresh_repository pgkeep
  backup pgkeep "$dir/tmp/pgkeep-full"
  rm -rf "$dir/restored"
  install -d -m 700 ${as[0]:+-o postgres -g postgres} "$dir/restored"
  restore pgkeep "$dir/tmp/pgkeep-restore" "$dir/restored" --target immediate
  server 18
  pgkeep init > /dev/null
  backup pgkeep "$dir/tmp/pgkeep-full18"
}

incremental_case() {
  local round order
  bundle=y size=$((2 * scale)) wal=no
  run_as "$dir/pgkeep/bin/pgkeep" help backup | grep -q 'summary|wal' && wal=yes
  install_postgres18
  for major in 15 18; do
    server $major
    make_cluster "pgbench-$size"
    describe
  done
  configure zst 3
  rm -f "$dir"/tmp/pg*-*
  first_backups
  for round in $(seq 1 "$rounds"); do
    if [ $((round % 2)) = 1 ]; then order=(pgkeep pgbackrest); else order=(pgbackrest pgkeep); fi
    server 15
    before_pgkeep=$(newest pgkeep) before_pgbackrest=$(newest pgbackrest)
    incremental_on_15 "${order[@]}"
    after_pgkeep=$(newest pgkeep) after_pgbackrest=$(newest pgbackrest)
    deltas "${order[@]}"
    server 18
    incremental_on_18
  done
  heading "7 % of the pages changed, zstd 3"
  [ "$wal" = no ] || rows "incremental by wal (15)" pgkeep-wal pgbackrest-incr
  rows "incremental by summary (18; theirs 15)" pgkeep-summary pgbackrest-incr
  rows "incremental by lsn (15)" pgkeep-lsn pgbackrest-incr
  rows "incremental, nothing changed (15)" pgkeep-none pgbackrest-none
  rows "incremental, nothing changed (18; theirs 15)" pgkeep-none18 pgbackrest-none
  rows "delta restore, nothing changed" pgkeep-same pgbackrest-same
  rows "delta restore, 7 % changed" pgkeep-delta pgbackrest-delta
  stop_all
}

# The same change in clusters of one, two and four sizes: pgkeep alone, with PostgreSQL 18.
growth_case() {
  local factor way
  install_postgres18
  bundle=y
  configure zst 3
  server 18
  printf '\n%-10s %12s %-10s %10s %10s   %s\n' size MiB way "wall s" "CPU s" ""
  for factor in 1 2 4; do
    size=$((factor * scale / 2))
    make_cluster "pgbench-$size"
    fresh_repository pgkeep
    backup pgkeep "$dir/tmp/growth-full"
    rm -f "$dir"/tmp/growth-{summary,lsn,none}
    for _ in $(seq 1 "$rounds"); do
      change 8000
      base=$(newest pgkeep)
      backup pgkeep "$dir/tmp/growth-lsn" --base "$base" --changes lsn
      backup pgkeep "$dir/tmp/growth-summary" --base "$base" --changes summary
      backup pgkeep "$dir/tmp/growth-none"
    done
    for way in summary none lsn; do
      printf '%-10s %12d %-10s %10.2f %10.2f\n' "${factor}x" "$(du -sm "$data/base" | cut -f1)" $way \
        "$(median "$dir/tmp/growth-$way" 1)" "$(median "$dir/tmp/growth-$way" 2)"
    done
    stop_server
    rm -rf "$data"
  done
}
