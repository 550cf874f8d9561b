#!/usr/bin/env bash
# Starts Standalone on a new data folder without a worker, runs the load modes against it, ends it.
# bench/run.sh [MODE...]   default: pickup throughput sessions idle backlog
# LOAD_ARGS="--seconds 5" adds arguments to every mode.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/standalone.sh
dotnet build -c Release -v q -clp:NoSummary src/Standalone >&2
dotnet build -c Release -v q -clp:NoSummary bench/Load >&2
data=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$data"' EXIT

for mode in "${@:-pickup throughput sessions idle backlog}"; do
  for one in $mode; do
    start_standalone "$data/$one"
    # shellcheck disable=SC2086
    bench/Load/bin/Release/net10.0/openclaw-load "$one" --url "$url" --data "$data/$one" --pid "$server" ${LOAD_ARGS:-}
    kill "$server"; wait "$server" || true; server=
  done
done
