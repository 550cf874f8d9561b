#!/usr/bin/env bash
# The figures of a native worker on this machine: size, start to its first poll, RSS and CPU while it idles, short tasks a second.
# bench/worker.sh [BINARY]   default: dist/linux-x64/openclaw-worker (./publish.sh linux-x64)
# IDLE=60: seconds to idle; SECONDS_OF_LOAD=10. Linux only: it reads /proc.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/standalone.sh
binary=$(realpath "${1:-dist/linux-x64/openclaw-worker}")
idle=${IDLE:-60}
load=bench/Load/bin/Release/net10.0/openclaw-load
dotnet build -c Release -v q -clp:NoSummary src/Standalone >&2
dotnet build -c Release -v q -clp:NoSummary bench/Load >&2
data=$(mktemp -d)
server=
worker=
trap 'for p in $worker $server; do kill "$p" 2>/dev/null && wait "$p" || true; done; rm -rf "$data"' EXIT

echo "binary            $(wc -c <"$binary") bytes"
"$load" start --program "$binary"

start_standalone "$data/server"
WORKER_URL=$url WORKER_TOKEN=$(sed -n 's/^worker=//p' "$data/server/tokens") WORKER_NAME=bench MAX_CONCURRENT=8 \
  OPENCLAW_WORKER_HOME="$data/home" "$binary" run >"$data/worker.out" 2>&1 &
worker=$!

ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
# The facts about the PC are told in its first seconds.
sleep 20
before=$(ticks "$worker")
sleep "$idle"
after=$(ticks "$worker")
echo "idle RSS          $(rss "$worker") KiB after $((idle + 20)) s"
awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="$idle" 'BEGIN { printf "idle CPU          %.3f %% of a core over %d s\n", 100 * t / hz / s, s }'
"$load" throughput --url "$url" --data "$data/server" --pid "$worker" --workers 0 --clients 16 --warm-up 3 --seconds "${SECONDS_OF_LOAD:-10}"
echo "RSS after the load $(rss "$worker") KiB"
