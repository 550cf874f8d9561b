#!/usr/bin/env bash
# What is large, through a server and a native worker on this machine: a line without an end, a large file up and down, the same with the worker
# killed (SIGKILL) three times on each way.
# bench/large.sh [BINARY]   default: dist/linux-x64/openclaw-worker (./publish.sh linux-x64)
# SIZE: bytes of the line (10 GiB); BINARY_SIZE: bytes that are no UTF-8 (1 GiB); FILE: bytes of the file (1 GiB); PIECE: bytes of a piece (8 MiB).
# PARTS="line binary file killed": some of them. Linux only: it reads /proc. Needs curl and jq; room on the disk: about 5 times FILE.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/standalone.sh
binary=$(realpath "${1:-dist/linux-x64/openclaw-worker}")
size=${SIZE:-10737418240}
bytes=${BINARY_SIZE:-1073741824}
file=${FILE:-1073741824}
piece=${PIECE:-8388608}
parts=${PARTS:-line binary file killed}
[ -n "${NOBUILD:-}" ] || dotnet build -c Release -v q -clp:NoSummary src/Standalone >&2
data=$(mktemp -d)
server=
worker=
watcher=
trap 'for p in $watcher $worker $server; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null || true; done; rm -rf "$data"' EXIT

start_standalone "$data/server"
token=$(sed -n 's/^client=//p' "$data/server/tokens")

start_worker() {
  WORKER_URL=$url WORKER_TOKEN=$(sed -n 's/^worker=//p' "$data/server/tokens") WORKER_NAME=bench OPENCLAW_WORKER_HOME="$data/home" \
    "$binary" run >>"$data/worker.out" 2>&1 &
  worker=$!
}
call() { curl -sS --fail-with-body -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
now() { date +%s.%N; }
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status" 2>/dev/null || true; }
# From here on the peak is of what comes now.
forget_peak() { echo 5 >"/proc/$1/clear_refs"; }
rate() { awk -v b="$1" -v from="$2" -v to="$3" 'BEGIN { s = to - from; printf "%.1f s, %.1f MB/s", s, b / s / 1e6 }'; }
digest() { sha256sum "$1" | cut -c1-64; }
same() { [ "$1" = "$2" ] && echo "the same" || { echo "different: $1, expected $2" >&2; return 1; }; }

# A task's answer in the file $1, whatever it is in the end; without its output's text with $2 = false.
ended() { # FILE [false]
  local id
  until jq -e '.state | . != null and . != "queued" and . != "offered" and . != "running"' "$1" >/dev/null; do
    id=$(jq -r .taskId "$1")
    call "$url/tasks/$id?wait=300000&output=${2:-true}" >"$1"
  done
}

# The supervisor's peak and the size of its log, while there is one.
watch_supervisor() {
  local most=0 disk=0 seen
  while sleep 0.1; do
    for pid in $(cat "/proc/$worker/task/"*/children); do
      tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q ' supervise' || continue
      seen=$(peak "$pid")
      [ "${seen:-0}" -le "$most" ] || most=$seen
    done
    seen=$(du -sk "$data/home/attempts" 2>/dev/null | cut -f1) || true
    [ "${seen:-0}" -le "$disk" ] || disk=$seen
    echo "supervisor $most KiB; its log on disk $disk KiB" >"$data/watched"
  done
}

printed() { # NAME BYTES COMMAND
  local from to
  forget_peak "$server"
  forget_peak "$worker"
  watch_supervisor 2>/dev/null &
  watcher=$!
  from=$(now)
  jq -n --arg command "$3" '{command: $command, timeout: 3600000, wait: 300000}' | call -d @- "$url/tasks" >"$data/answer"
  ended "$data/answer"
  to=$(now)
  kill "$watcher" && wait "$watcher" 2>/dev/null || true
  watcher=
  echo "$1: $2 bytes, $(rate "$2" "$from" "$to")"
  jq -r '"  \(.state), exit code \(.exitCode), stdoutBytes \(.stdoutBytes), kept \(.stdout | utf8bytelength), truncated \(.truncated)"' "$data/answer"
  echo "  peak RSS: daemon $(peak "$worker") KiB, $(cat "$data/watched"), server $(peak "$server") KiB"
}

# Sends the task in the file "$data/body"; its end is in "$data/answer". So many seconds later the worker gets SIGKILL, and another one takes its place.
send() { # ROUTE [SECONDS]
  local sending
  if [ -z "${2:-}" ]; then
    call --data-binary "@$data/body" "$url$1" >"$data/answer"
  else
    call --data-binary "@$data/body" "$url$1" >"$data/answer" &
    sending=$!
    sleep "$2"
    kill -9 "$worker"
    wait "$worker" 2>/dev/null || true
    start_worker
    wait "$sending"
  fi
  ended "$data/answer" false
}

# When to kill it, seconds after this piece was sent: at each quarter of the file, sooner and later in the task's life. Empty: not now.
strike=0
strike_at() { # OFFSET
  delay=
  if [ "$strike" -gt 0 ] && [ "$1" -ge $((file / 4 * strike)) ]; then
    delay=$(awk -v n="$strike" 'BEGIN { print 0.05 * n * n }')
    strike=$(((strike + 1) % 4))
    echo "  SIGKILL to the worker at byte $1"
  fi
}

succeeded() { [ "$(jq -r .state "$data/answer")" = succeeded ]; }
lost=0
# The transfer goes on after a piece that did not succeed, but not for ever.
again() { # OFFSET
  jq -r --arg at "$1" '"  the piece at \($at): \(.state), \(.reason // .error)"' "$data/answer"
  lost=$((lost + 1))
  [ "$lost" -le 5 ] || { echo "too often" >&2; exit 1; }
}

upload_piece() { # NAME OFFSET BYTES SHA256 [SECONDS]
  dd if="$data/up" of="$data/piece" bs=1M iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none
  {
    printf '{"path":"%s/target","upload":"%s","offset":%s,"pieceSha256":"%s",' "$data" "$1" "$2" "$(digest "$data/piece")"
    [ "$3" -eq 0 ] || [ $(($2 + $3)) -lt "$file" ] || printf '"fileSha256":"%s",' "$4"
    printf '"timeout":120000,"wait":120000,"content":"'
    base64 -w0 "$data/piece"
    printf '"}'
  } >"$data/body"
  send /files/upload "${5:-}"
}

upload() { # NAME
  local at=0 whole length from took verdict
  whole=$(digest "$data/up")
  from=$(now)
  while [ "$at" -lt "$file" ]; do
    length=$((file - at < piece ? file - at : piece))
    strike_at "$at"
    upload_piece "$1" "$at" "$length" "$whole" "$delay"
    if succeeded; then
      at=$((at + length))
      continue
    fi
    again "$at"
    upload_piece "$1" 0 0 "$whole"
    at=$(jq -r .metadata.received "$data/answer")
    echo "  goes on from $at"
  done
  took=$(rate "$file" "$from" "$(now)")
  verdict=$(same "$(digest "$data/target")" "$whole")
  echo "$1: $file bytes, $took; sha256 $verdict"
}

download() { # NAME
  local at=0 version= from took verdict
  from=$(now)
  : >"$data/down"
  while [ "$at" -lt "$file" ]; do
    jq -n --arg path "$data/up" --argjson at "$at" --argjson length "$piece" --arg version "$version" '{kind: "file-download",
      timeout: 120000, payload: ({path: $path, offset: $at, length: $length} + if $version == "" then {} else {version: $version} end)}' >"$data/body"
    strike_at "$at"
    send /tasks "$delay"
    if succeeded; then
      version=$(jq -r .metadata.version "$data/answer")
      call "$url/tasks/$(jq -r .taskId "$data/answer")/output" >"$data/piece"
      same "$(digest "$data/piece")" "$(jq -r .metadata.sha256 "$data/answer")" >"$data/compared"
      cat "$data/piece" >>"$data/down"
      at=$((at + $(stat -c %s "$data/piece")))
    else
      again "$at"
    fi
  done
  took=$(rate "$file" "$from" "$(now)")
  verdict=$(same "$(digest "$data/down")" "$(digest "$data/up")")
  echo "$1: $file bytes, $took; sha256 $verdict"
}

transfer() { # upload|download NAME [killed]
  forget_peak "$server"
  forget_peak "$worker"
  strike=$((${3:+1} + 0)) lost=0
  "$1" "$2"
  echo "  peak RSS: worker $(peak "$worker") KiB, server $(peak "$server") KiB; the server's data $(du -sk "$data/server" | cut -f1) KiB"
  rm -f "$data/target" "$data/down"
}

start_worker
case "$parts" in *file* | *killed*) head -c "$file" /dev/urandom >"$data/up" ;; esac
for part in $parts; do
  case "$part" in
    line) printed "a line without an end" "$size" "head -c $size /dev/zero | tr '\\0' x" ;;
    binary) printed "bytes that are no UTF-8" "$bytes" "head -c $bytes /dev/urandom" ;;
    file)
      transfer upload up
      transfer download down
      ;;
    killed)
      transfer upload up-killed killed
      transfer download down-killed killed
      ;;
    *) echo "no such part: $part" >&2; exit 2 ;;
  esac
done
