#!/usr/bin/env bash
# Codex 0.171.0, `codex exec --json`: errors of the API are sentences only, there is no field for the status. For 403, 503 and others the sentence
# has it ("unexpected status 503 Service Unavailable: ..., url: ..."), for 429 in another form ("exceeded retry limit, last status: 429 ..."), and for
# HTTP 500 not at all: there it says "We’re currently experiencing high demand" (with a typographic apostrophe) and drops what the server wrote. So
# whoever reads the status out of the sentence takes a broken server for a busy one.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$api" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix cli @openai/codex@0.171.0 >/dev/null 2>&1
cat >api.mjs <<'JS'
import http from 'node:http'; import fs from 'node:fs';
http.createServer(async (req, res) => {
  let body = ''; for await (const part of req) body += part;
  const status = Number(body.match(/please answer (\d+)/)?.[1] ?? 404);
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'the database is broken', type: 'server_error' } }));
}).listen(0, '127.0.0.1', function () { fs.writeFileSync('port', String(this.address().port)); });
JS
node api.mjs & api=$!
until [ -s port ]; do sleep 0.1; done
mkdir -p home/.codex
cat >home/.codex/config.toml <<TOML
model = "m"
model_provider = "here"
[model_providers.here]
name = "here"
base_url = "http://127.0.0.1:$(cat port)/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
TOML
echo "$(cli/node_modules/.bin/codex --version)"
said() {
  set +o pipefail # it ends with 1, as it should
  printf 'please answer %s' "$1" | env -i PATH="$PATH" HOME="$folder/home" cli/node_modules/.bin/codex exec --json --skip-git-repo-check - 2>/dev/null |
    node -e 'for (const l of require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean)) { const e = JSON.parse(l); if (e.type === "turn.failed") console.log(Object.keys(e.error).join() + "|" + e.error.message) }'
}
changed=0
expect() {
  local found; found=$(said "$1")
  echo "HTTP $1: $found"
  case "$found" in "message|$2"*) ;; *) echo "CHANGED: expected message|$2"; changed=1 ;; esac
}
expect 403 "unexpected status 403 Forbidden: the database is broken, url: "
expect 429 "exceeded retry limit, last status: 429 Too Many Requests"
expect 500 "We’re currently experiencing high demand, which may cause temporary errors."
expect 503 "unexpected status 503 Service Unavailable: the database is broken, url: "
[ "$changed" -eq 0 ] && echo "As described." || exit 1
