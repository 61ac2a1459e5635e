# Sourced by bench/run: full backups into fresh repositories, restores into empty directories.

fill_large() {
  run_as $bin15/pgbench -q -i -s "$scale" -h "$dir/socket" -p "$port" postgres > /dev/null 2>&1
  sql -c "create table event as
    select gen_random_uuid() as id, now() - i * interval '1 second' as at, md5(i::text) || ' ' || md5((i * 7)::text) as note,
           jsonb_build_object('user', i % 9973, 'tags', array[i % 17, i % 5], 'price', random() * 100) as data
    from generate_series(1, $scale * 25000::bigint) i"
  sql -c "alter table event add primary key (id)" -c "create index on event (at)"
}

fill_small() {
  # 4 forks and index files each; catalogs come on top.
  for schema in $(seq 1 50); do
    sql -c "create schema s$schema" -c "do \$\$ begin for i in 1..1000 loop
      execute format('create table s$schema.t%s (id int primary key, note text)', i);
      execute format('insert into s$schema.t%s select g, repeat(''x'', 20) from generate_series(1, 5) g', i);
    end loop; end \$\$"
    sql -c checkpoint
  done
}

restore_into_empty() {
  rm -rf "$dir/restored"
  install -d -m 700 ${as[0]:+-o postgres -g postgres} "$dir/restored"
  warm "$dir/$1-repo"
  restore "$1" "$2" "$dir/restored"
}

# measure_full NAME COMPRESSION [LEVEL]
measure_full() {
  local name=$1 round tool what
  configure "$2" "${3:-}"
  rm -f "$dir"/tmp/{pgkeep,pgbackrest}-{backup,restore}
  for round in $(seq 1 "$rounds"); do
    for tool in pgbackrest pgkeep; do
      fresh_repository $tool
      warm "$data"
      case $tool in
        pgbackrest) backup $tool "$dir/tmp/$tool-backup" --type=full ;;
        pgkeep) backup $tool "$dir/tmp/$tool-backup" ;;
      esac
      restore_into_empty $tool "$dir/tmp/$tool-restore"
    done
  done
  rm -rf "$dir/restored"
  heading "$name"
  for what in backup restore; do
    rows "$what" "pgkeep-$what" "pgbackrest-$what"
    row "$what, peak of one process" MiB "$(($(median "$dir/tmp/pgkeep-$what" 3) / 1024))" "$(($(median "$dir/tmp/pgbackrest-$what" 3) / 1024))"
  done
  row "repository" MiB "$(du -sm "$dir/pgkeep-repo" | cut -f1)" "$(du -sm "$dir/pgbackrest-repo" | cut -f1)"
}

# What sealing costs: pgkeep alone, with a sealed repository and with another.
measure_sealed() {
  local round kind what
  rm -f "$dir"/tmp/{sealed,plain}-{backup,restore}
  for round in $(seq 1 "$rounds"); do
    for kind in plain sealed; do
      if [ $kind = sealed ]; then key=$dir/tmp/backup.key; else key=; fi
      rm -f "$dir/tmp/backup.key"
      configure zst 3
      fresh_repository pgkeep
      warm "$data"
      backup pgkeep "$dir/tmp/$kind-backup"
      restore_into_empty pgkeep "$dir/tmp/$kind-restore"
    done
  done
  key=
  rm -rf "$dir/restored"
  heading "sealed, zstd 3" sealed "not sealed"
  for what in backup restore; do
    rows "$what" "sealed-$what" "plain-$what"
  done
}

full_cases() {
  local case
  server 15
  for case in "$@"; do
    [ "$case" = small ] && make_cluster small || make_cluster "large-$scale"
    describe
    case $case in
      zstd) measure_full "zstd, level 3" zst 3 ;;
      lz4) measure_full "lz4" lz4 ;;
      none) measure_full "no compression" none ;;
      sealed) measure_sealed ;;
      small)
        # Without bundles pgBackRest writes a file for each file, and takes several times as long.
        bundle=y
        measure_full "$(find "$data/base" -type f | wc -l) files, zstd 3" zst 3
        bundle=n
        ;;
    esac
  done
  stop_server
}
