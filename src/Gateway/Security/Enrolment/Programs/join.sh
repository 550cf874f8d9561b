# Makes this PC a worker of an OpenClaw server: fetches the worker's program from it, compares its hash, and starts its verb join.
# The line of the invitation runs it, once it has the hash that the line says; so what is below is what the server had when it invited.
# Arguments: address of the server, pin of its authority or -, options for openclaw-worker join. The token is in OPENCLAW_JOIN_TOKEN.
set -eu
umask 077
fail() { echo "openclaw: NOT joined: $*" >&2; exit 1; }
url=$1 pin=$2
shift 2
token=${OPENCLAW_JOIN_TOKEN-}
unset OPENCLAW_JOIN_TOKEN
[ -n "$token" ] || fail "there is no join token: paste the whole line"

# Hashes of the programs: nothing else is started.
programs='@PROGRAMS@'

system=$(uname -s) machine=$(uname -m)
case $system in
  Linux) system=linux; for musl in /lib/ld-musl-*; do [ ! -e "$musl" ] || system=linux-musl; done ;;
  Darwin) system=osx ;;
  *) fail "there is no worker for $system" ;;
esac
case $machine in
  x86_64 | amd64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  armv7* | armv6* | armv8l) machine=arm ;;
esac
platform=$system-$machine
want=$(printf '%s\n' "$programs" | sed -n "s/^$platform //p")
[ -n "$want" ] || fail "the server has no worker for this PC, which is $platform. On the server: ./publish.sh $platform"

compute() { { sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } <"$1" 2>/dev/null | cut -c1-64; }
fetch() { # no word of what comes counts but by its hash, so nothing of the transport has to be trusted
  if command -v curl >/dev/null; then
    if [ "$pin" = - ]; then curl -fsS --retry 5 -o "$2" "$1"; else curl -fsSk --retry 5 -o "$2" "$1"; fi
  elif [ "$pin" = - ]; then wget -qO "$2" "$1"
  else wget -qO "$2" --no-check-certificate "$1"
  fi
}

folder=${XDG_CACHE_HOME:-$HOME/.cache}/openclaw-worker/$want
program=$folder/openclaw-worker
mkdir -p "$folder"
if [ ! -f "$program" ] || [ "$(compute "$program")" != "$want" ]; then
  echo "Fetching the worker for $platform from $url"
  trap 'rm -f "$program.$$"; rmdir "$folder" 2>/dev/null || true' EXIT
  trap 'exit 1' HUP INT TERM
  fetch "$url/join/$platform" "$program.$$" || fail "$url gave no worker"
  [ "$(compute "$program.$$")" = "$want" ] || fail "what came from $url is not the program whose hash was told"
  chmod 700 "$program.$$"
  mv -f "$program.$$" "$program"
  trap - EXIT HUP INT TERM
fi

if [ "$pin" != - ]; then set -- --pin "$pin" "$@"; fi
code=0
OPENCLAW_JOIN_TOKEN=$token "$program" join "$url" "$@" || code=$?
# Installed, it is elsewhere now; else what it has said to type next is about this file.
case " $* " in *" --no-start "*) ;; *) [ "$code" != 0 ] || rm -rf "$folder" ;; esac
exit "$code"
