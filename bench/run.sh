#!/usr/bin/env bash
# Starts Standalone on a new data folder without a worker, runs the load modes against it, ends it.
# bench/run.sh [MODE...]   default: pickup throughput sessions idle backlog
# LOAD_ARGS="--seconds 5" adds arguments to every mode.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release -v q -clp:NoSummary src/Standalone >&2
dotnet build -c Release -v q -clp:NoSummary bench/Load >&2
data=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || { kill "$pid"; wait "$pid" || true; }; rm -rf "$data"' EXIT

start() {
  src/Standalone/bin/Release/net10.0/openclaw-standalone --port 0 --no-worker --data "$data/$1" >"$data/out" 2>"$data/err" &
  pid=$!
  for _ in $(seq 100); do
    url=$(sed -n 's/^Ready: *\(http[^ ]*\).*/\1/p' "$data/out")
    [ -n "$url" ] && return
    kill -0 "$pid" || { cat "$data/err" >&2; exit 1; }
    sleep 0.1
  done
  echo "The server is not ready after 10 s." >&2
  exit 1
}

for mode in "${@:-pickup throughput sessions idle backlog}"; do
  for one in $mode; do
    start "$one"
    # shellcheck disable=SC2086
    bench/Load/bin/Release/net10.0/openclaw-load "$one" --url "$url" --data "$data/$one" --pid "$pid" ${LOAD_ARGS:-}
    kill "$pid"; wait "$pid" || true; pid=
  done
done
