# To be sourced: a Standalone server without a worker, for the benches. bash.

# Starts the built server on a data folder; sets server (its process) and url. What it says is beside the folder. SERVER: another build of it.
start_standalone() { # FOLDER [OPTION...]
  local said=$1.out
  : >"$said"
  "${SERVER:-src/Standalone/bin/Release/net10.0/openclaw-standalone}" --port 0 --no-worker --data "$1" "${@:2}" >"$said" 2>"$1.err" &
  server=$!
  for _ in $(seq 200); do
    url=$(sed -n 's/^Ready: *\(http[^ ]*\).*/\1/p' "$said")
    [ -z "$url" ] || return 0
    kill -0 "$server" || break
    sleep 0.1
  done
  echo "The server is not ready:" >&2
  cat "$1.err" >&2
  exit 1
}
