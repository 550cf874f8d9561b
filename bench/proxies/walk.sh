#!/usr/bin/env bash
# Five cases and some more through real proxies, each with the block docs/proxies.md has for it, as its manual has it and as that page has it:
# a task of 90 s waited for, a PC idle for 4 minutes, 6 MB of output, live events, a dead poll. Takes 6 to 10 minutes.
# bench/proxies/walk.sh [PROXY...]   default: nginx haproxy apache caddy varnish squid lighttpd h2o forward portal ipv6
# KINDS="manual page tls": as the manual has it, as the page has it, and that with TLS (its own authority) and HTTP/2; Varnish has no TLS. IDLE=240, WAIT_TASK=90: seconds; KEEP=1 leaves the folder; SERVER, WORKER: other builds. Debian, as root; installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/standalone.sh
. bench/proxies/proxies.sh
. bench/proxies/cases.sh
IDLE=${IDLE:-240} WAIT_TASK=${WAIT_TASK:-90}
worker_program=$(realpath "${WORKER:-src/Worker/bin/Release/net10.0/openclaw-worker}")
# What the proxy itself refuses, and the page has a line for.
declare -A known=([nginx-manual-files]=1 [nginx-manual-doctor]=1 [squid-manual-doctor]=1 [lighttpd-manual-live]=1 [lighttpd-manual-dead]=1)

install_missing() {
  local program package missing=()
  for package in lighttpd-mod-openssl:/usr/lib/lighttpd/mod_openssl.so nginx-light:nginx haproxy apache2 caddy varnish:varnishd squid lighttpd h2o jq curl; do
    program=${package#*:}
    command -v "$program" >/dev/null || missing+=("${package%:*}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  (
    # None is started as a service: they would all want port 80.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      trap 'rm $policy' EXIT
      printf '#!/bin/sh\nexit 101\n' >$policy
      chmod +x $policy
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
  )
}

# What a case said is kept in the folder of its proxy.
note() { echo "$1" >"$folder/said.$2"; } # LINE CASE
expect() { for what; do note "FAULT did not come so far" "$what"; done; } # CASE...
run_case() { note "$("case_$1" "${@:2}" 2>&1 | tail -1)" "$1"; }

# One proxy at a time: these say how long something takes, and a small machine has enough to do with one.
run_alone() {
  flock 9
  run_case "$@"
} 9>"$data/turn"

until_up() { # ADDRESS [PROXY]
  for _ in $(seq 100); do
    curl -s -m 2 -o "$folder/up" -x "${2:-}" "$1/health" && return 0
    sleep 0.2
  done
  echo "FAULT not up" >"$folder/said.start"
  return 1
}

# A proxy of one kind, from its start to its end. In a process of its own.
walk_one() { # PROXY KIND
  name=$1-$2 folder=$data/$1-$2
  mkdir -m 777 "$folder"
  local port
  port=$(free_port)
  proxy=http://127.0.0.1:$port
  if [ "$2" = tls ]; then
    proxy=https://127.0.0.1:$port
    export CURL_CA_BUNDLE=$data/tls.crt OPENCLAW_CA_FILE=$data/tls.crt
  fi
  expect doctor
  [ "$name" = squid-manual ] || expect start idle wait dead output live files restart polls
  trap 'stop_jobs' EXIT
  ("run_$1" "$folder" "$2" "$port" "${url##*:}") >"$folder/out" 2>&1 &
  until_up "$proxy"
  run_alone doctor
  if [ "$name" = squid-manual ]; then return; fi
  run_alone start
  run_case idle & local idle=$!
  run_case wait & local waits=$!
  run_case dead
  run_alone output
  run_alone live
  run_alone files
  wait $waits
  run_alone restart
  wait $idle
  note "ok $(cat "$folder/$name-idle.out" "$folder/$name.out" | grep -c 'poll failed' || true)" polls
}

# A worker that goes to the server through a proxy of its own network.
walk_forward() {
  name=forward folder=$data/forward
  mkdir -m 777 "$folder"
  local port
  port=$(free_port)
  proxy=$url
  expect doctor start idle output
  trap 'stop_jobs' EXIT
  (run_forward "$folder" page "$port") >"$folder/out" 2>&1 &
  export OPENCLAW_PROXY=http://127.0.0.1:$port
  until_up "$url" "$OPENCLAW_PROXY"
  run_alone doctor
  run_alone start
  run_case idle &
  run_alone output
  wait $!
}

# A network that answers with its own page until somebody logs in.
walk_portal() {
  name=portal folder=$data/portal
  mkdir -m 777 "$folder"
  local port portal
  port=$(free_port)
  proxy=http://127.0.0.1:$port
  expect portal
  trap 'stop_jobs' EXIT
  (run_portal "$folder" page "$port") >"$folder/out" 2>&1 &
  portal=$!
  until_up "$proxy"
  case_doctor >"$folder/portal.doctor"
  start_worker portal
  id=$(submit portal true)
  sleep 20
  kill $portal
  wait $portal || true
  local began
  began=$(now)
  (run_caddy "$folder" page "$port" "${url##*:}") >"$folder/out" 2>&1 &
  note "$([ "$(end_of "$id" | jq -r .state)" = succeeded ] && echo ok || echo FAULT) $(($(now) - began)) ms after the log-in; doctor before: $(cat "$folder/portal.doctor")" portal
}

# Server and address of the worker in IPv6.
walk_ipv6() {
  name=ipv6 folder=$data/ipv6
  mkdir -m 777 "$folder"
  expect doctor start ipv6
  trap 'stop_jobs' EXIT
  start_standalone "$folder/server" --listen ::1
  client=$(sed -n 's/^client=//p' "$folder/server/tokens") worker=$(sed -n 's/^worker=//p' "$folder/server/tokens")
  proxy=http://[::1]:${url##*:}
  url=$proxy
  run_alone doctor
  run_alone start
  note "$(picked "$(submit ipv6 true)")" ipv6
}

# What this process started, and the workers of its folder.
stop_jobs() {
  local job
  for job in $(jobs -p) $(cat "${folder:-/nonexistent}/pids" 2>/dev/null); do kill "$job" 2>/dev/null || true; done
  wait 2>/dev/null || true
}

report() {
  local one what line faults=0
  for one in "$data"/*/; do
    for line in "$one"said.*; do
      [ -e "$line" ] || continue
      one=$(basename "$(dirname "$line")") what=${line##*.}
      printf '%-16s %-8s %s\n' "$one" "$what" "$(cat "$line")"
      case $(cat "$line"),${known[$one-$what]:-} in
        ok*, | FAULT*,1) ;;
        ok*,1) echo "                 known as a limit of this proxy, and is none any more"; faults=$((faults + 1)) ;;
        *) faults=$((faults + 1)) ;;
      esac
    done
  done
  echo "$faults faults that docs/proxies.md does not name"
  [ "$faults" = 0 ]
}

install_missing
data=$(mktemp -d)
chmod 755 "$data"
make_certificate "$data"
trap 'stop_jobs; [ -n "${KEEP:-}" ] || rm -rf "$data"' EXIT
echo "in $data" >&2
[ -n "${SERVER:-}" ] || for project in Standalone Worker; do dotnet build -c Release -v q -clp:NoSummary "src/$project" >&2; done
start_standalone "$data/server"
client=$(sed -n 's/^client=//p' "$data/server/tokens") worker=$(sed -n 's/^worker=//p' "$data/server/tokens")
walks=()
for one in ${*:-nginx haproxy apache caddy varnish squid lighttpd h2o forward portal ipv6}; do
  if declare -F "walk_$one" >/dev/null; then (set +e; "walk_$one") & walks+=($!); continue; fi
  for kind in ${KINDS:-manual page tls}; do
    [ "$one-$kind" = varnish-tls ] || { (set +e; walk_one "$one" "$kind") & walks+=($!); }
  done
done
wait "${walks[@]}" || true
report
