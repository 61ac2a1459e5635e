# Sourced by bench/run: what it costs to read a merged chain, beside a full backup of the same state. pgkeep alone, with PostgreSQL 18.

merged_case() {
  local merged fresh round
  install_postgres18
  bundle=y size=$scale
  configure zst 3
  server 18
  make_cluster "pgbench-$size"
  describe
  fresh_repository pgkeep
  rm -f "$dir"/tmp/{merged,restored}-*
  backup pgkeep "$dir/tmp/merged-first"
  for _ in 1 2 3 4; do
    change "$(seven_percent)"
    backup pgkeep "$dir/tmp/merged-incremental" --changes summary
  done
  merged=$(newest pgkeep)
  timed "$dir/tmp/merged-merge" "$dir/pgkeep/bin/pgkeep" merge --config "$dir/pgkeep.toml" --cluster bench18 "$merged"
  backup pgkeep "$dir/tmp/merged-fresh" --type full
  fresh=$(newest pgkeep)
  for round in $(seq 1 "$rounds"); do
    read_back merged "$merged"
    read_back fresh "$fresh"
  done
  printf '\n%-44s %10s %10s\n' "full backup and 4 times 7 % of the pages" "wall s" "CPU s"
  one_row "merge" merged-merge
  one_row "restore of the merged backup" restored-merged
  one_row "restore of a full backup of the same state" restored-fresh
  stop_server
}

# read_back NAME LABEL
read_back() {
  rm -rf "$dir/restored"
  install -d -m 700 ${as[0]:+-o postgres -g postgres} "$dir/restored"
  restore pgkeep "$dir/tmp/restored-$1" "$dir/restored" --backup "$2" --target immediate
}

one_row() {
  printf '%-44s %10.2f %10.2f\n' "$1" "$(median "$dir/tmp/$2" 1)" "$(median "$dir/tmp/$2" 2)"
}
