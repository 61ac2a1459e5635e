# Sourced by bench/run: what it costs to read a merged chain, beside a full backup of the same state. pgkeep alone, with PostgreSQL 18.

merged_case() {
  install_postgres18
  bundle=y size=$scale
  configure zst 3
  server 18
  make_cluster "pgbench-$size"
  describe
  fresh_repository pgkeep
  rm -f "$dir"/tmp/{merged,restored}-*
  backup pgkeep "$dir/tmp/merged-first"
  incrementals 4 7
  merged_rows "full backup and 4 times 7 % of the pages"
  incrementals 25 2
  merged_rows "and 25 times 2 % of the pages"
  stop_server
}

# incrementals COUNT PERCENT: so many backups, before each of which so many of the pages change
incrementals() {
  for _ in $(seq 1 "$1"); do
    change "$(sql -c "select sum(relpages) * $2 / 100 from pg_class")"
    backup pgkeep "$dir/tmp/merged-incremental" --changes summary
  done
}

# merged_rows TITLE: merges the chain so far, takes a full backup of the same state, restores both
merged_rows() {
  local merged fresh workers many=(8)
  [ "$jobs" != 8 ] || many=()
  rm -f "$dir"/tmp/{merged-merge,restored-*}
  merged=$(newest pgkeep)
  timed "$dir/tmp/merged-merge" "$dir/pgkeep/bin/pgkeep" merge --config "$dir/pgkeep.toml" --cluster bench18 "$merged"
  backup pgkeep "$dir/tmp/merged-fresh" --type full
  fresh=$(newest pgkeep)
  for _ in $(seq 1 "$rounds"); do
    for workers in "$jobs" "${many[@]}"; do
      read_back "merged-$workers" "$merged" "$workers"
      read_back "fresh-$workers" "$fresh" "$workers"
    done
  done
  heading "$1" merged "full backup"
  for workers in "$jobs" "${many[@]}"; do
    rows "restore, $workers workers" "restored-merged-$workers" "restored-fresh-$workers"
  done
  say "the merge: $(median "$dir/tmp/merged-merge" 1) s"
  # What follows is based on the merged one again.
  timed "$dir/tmp/merged-delete" "$dir/pgkeep/bin/pgkeep" delete --config "$dir/pgkeep.toml" --cluster bench18 "$fresh"
}

# read_back NAME LABEL JOBS
read_back() {
  rm -rf "$dir/restored"
  install -d -m 700 ${as[0]:+-o postgres -g postgres} "$dir/restored"
  restore pgkeep "$dir/tmp/restored-$1" "$dir/restored" --backup "$2" --jobs "$3" --target immediate
}
