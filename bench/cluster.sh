#!/usr/bin/env bash
# Starts PostgreSQL, one silo and one gateway on this machine, runs the load modes against them, ends them. Each mode has a database of its own.
# bench/cluster.sh [MODE...]   default: pickup throughput sessions idle backlog
# LOAD_ARGS="--seconds 5" adds arguments to every mode.  SILO=bench/MemorySilo takes another silo (that one keeps tasks in memory).
# STATEMENTS=1 prints what the database's statements cost.
# bench/cluster.sh held   throughput before, while and after somebody holds a transaction open for HELD seconds (600) and two reports (REPORTS) read
# all tasks, each again 5 s after it ended; a line a minute, and one every 10 s of who has the CPU. The first line is a cold start. CHURN=1000000
# begins the held time with so many tasks that ran: what ten minutes at full rate leave behind.
# bench/cluster.sh flood   one token has 100,000 queued tasks; pick-up of another's: idle workers, busy ones, the flood beside them, the flood on them.
# Needs the server programs of PostgreSQL; as root it runs them as the user postgres. Everything is on disk before it is answered: fsync is on.
set -euo pipefail
cd "$(dirname "$0")/.."
silo=${SILO:-src/Silo}
[ -n "${NOBUILD:-}" ] || for project in "$silo" src/Gateway bench/Load; do dotnet build -c Release -v q -clp:NoSummary "$project" >&2; done

bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -1 || command -v postgres)")
work=$(mktemp -d)
data=$work/pg
as_owner() { if [ "$(id -u)" -eq 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi; }
free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  pids=()
}
finish() {
  stop
  as_owner "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

mkdir "$data"
[ "$(id -u)" -ne 0 ] || { chmod 711 "$work"; chown postgres "$data"; }
as_owner "$bin/initdb" -D "$data" -U openclaw -A trust -E UTF8 --no-locale >/dev/null
pgport=$(free_port)
as_owner "$bin/pg_ctl" -D "$data" -w -l "$data/log" start -o "-p $pgport -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data \
  -c shared_buffers=512MB -c max_wal_size=4GB -c max_connections=200 ${STATEMENTS:+-c shared_preload_libraries=pg_stat_statements}" >/dev/null
sql() { psql -h 127.0.0.1 -p "$pgport" -U openclaw -d "${2:-postgres}" -qAtc "$1"; }

ready() { # FILE PROCESS
  for _ in $(seq 300); do
    grep -q '^Ready' "$1" && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  echo "Not ready:" >&2; cat "$work"/*.err >&2; exit 1
}

start() { # MODE
  sql "CREATE DATABASE bench_$1"
  [ -z "${STATEMENTS:-}" ] || sql "CREATE EXTENSION pg_stat_statements" "bench_$1"
  export ConnectionStrings__openclaw="Host=127.0.0.1;Port=$pgport;Username=openclaw;Database=bench_$1"
  export OPENCLAW_CLUSTER_ID="bench-$1" WORKER_TOKEN=bench-worker-token
  program=$(find "$silo/bin/Release/net10.0" -maxdepth 1 -name 'openclaw-*' -type f -perm -u+x | head -1)
  siloport=$(free_port)
  OPENCLAW_SILO_PORT=0 OPENCLAW_SILO_GATEWAY_PORT=0 OPENCLAW_HTTP_PORT=$siloport "$program" >"$work/silo.out" 2>"$work/silo.err" &
  pids+=($!)
  ready "$work/silo.out" $!
  port=$(free_port)
  WORKER_PORT=$port src/Gateway/bin/Release/net10.0/openclaw-gateway >"$work/gateway.out" 2>"$work/gateway.err" &
  pids+=($!)
  ready "$work/gateway.out" $!
}

counters() { sql "SELECT xact_commit, (SELECT wal_bytes FROM pg_stat_wal), (SELECT wal_sync FROM pg_stat_wal), (SELECT count(*) FROM tasks) FROM pg_stat_database WHERE datname = 'bench_$1'" "bench_$1"; }

# What the statements cost: calls, milliseconds, rows, beginning of the text.
statements() {
  sql "SELECT s.calls, round(total_exec_time), round(1000 * mean_exec_time) AS us, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 90)
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = 'bench_$1' ORDER BY total_exec_time DESC LIMIT 12" "bench_$1" |
    awk -F'|' '{ printf "  %8d calls %7d ms %6d us/call %8d rows  %s\n", $1, $2, $3, $4, $5 }'
}

report() { while :; do sql "SELECT state, created_at / 600000000, count(*), avg(ended_at - created_at) FROM tasks GROUP BY 1, 2" bench_held >/dev/null; sleep 5; done; }

held() {
  local rates=(--warm-up 2 --seconds 50 --json) readers=()
  python3 bench/held/cpu.py $$ "$pgport" bench_held & pids+=($!)
  one_line "before" throughput "${rates[@]}"
  one_line "before" throughput "${rates[@]}"
  sql "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM tasks; SELECT pg_sleep(${HELD:-600})" bench_held >/dev/null &
  local holder=$!
  [ -z "${CHURN:-}" ] || psql -h 127.0.0.1 -p "$pgport" -U openclaw -d bench_held -qX -v n="$CHURN" -f bench/held/churn.sql
  [ -z "${CHURN:-}" ] || one_line "while it is held, no report" throughput "${rates[@]}"
  for _ in $(seq "${REPORTS:-2}"); do report & readers+=($!); done
  while kill -0 "$holder" 2>/dev/null; do one_line "while it is held" throughput "${rates[@]}"; done
  [ ${#readers[@]} -eq 0 ] || kill "${readers[@]}"
  one_line "after" throughput "${rates[@]}"
  one_line "after" throughput "${rates[@]}"
}

one_line() { # WHEN MODE ARGUMENTS
  printf '%s %s: ' "$(date +%T)" "$1"
  bench/Load/bin/Release/net10.0/openclaw-load "${@:2}" --url "http://127.0.0.1:$port" --token bench-worker-token --worker-token bench-worker-token
}

for mode in "${@:-pickup throughput sessions idle backlog}"; do
  for one in $mode; do
    start "$one"
    if [ "$one" = held ]; then held; stop; continue; fi
    before=$(counters "$one")
    args=()
    # The first gateway of an empty database made it: a token beside the shared one.
    [ "$one" != flood ] || args=(--backlog 100000 --other-token "$(grep -o 'ocl_cli_[A-Za-z0-9_]*' "$work"/gateway.* -h | head -1)")
    for pid in "${pids[@]}"; do args+=(--pid "$pid"); done
    # shellcheck disable=SC2086
    bench/Load/bin/Release/net10.0/openclaw-load "$one" --url "http://127.0.0.1:$port" --token bench-worker-token --worker-token bench-worker-token \
      "${args[@]}" ${LOAD_ARGS:-}
    sleep 1 # The statistics of the server are up to half a second late.
    paste -d'|' <(echo "$before") <(counters "$one") | awk -F'|' '$8 > $4 { n = $8 - $4
      printf "  whole run: %d tasks; a task: %.3f commits, %.0f WAL bytes, %.3f WAL syncs\n", n, ($5 - $1) / n, ($6 - $2) / n, ($7 - $3) / n }'
    if [ -n "${STATEMENTS:-}" ]; then statements "$one"; fi
    stop
  done
done
