#!/usr/bin/env bash
# Claude Code 2.1.332, `claude -p`: when the model ends its turn without a word, the CLI adds a reminder of its own to the prompt ("[Your previous
# response had no visible output. Please continue and produce a user-visible response.]") and asks a second time, unasked and billed. If that is
# empty too, the run ends with exit code 0, subtype "success", is_error false and an empty result: an empty answer costs two requests, and is no error.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "$api" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix cli @anthropic-ai/claude-code@2.1.332 >/dev/null 2>&1
cat >api.mjs <<'JS'
import http from 'node:http'; import fs from 'node:fs';
http.createServer(async (req, res) => {
  let body = ''; for await (const part of req) body += part;
  if (!/\/messages$/.test(req.url.split('?')[0])) return res.writeHead(404).end('{}');
  fs.appendFileSync('asked', (/\[Your previous response had no visible output\.[^\]]*\]/.exec(body)?.[0] ?? 'without a reminder') + '\n');
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (type, data) => res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  event('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } } });
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } });
  event('message_stop', {}); res.end();
}).listen(0, '127.0.0.1', function () { fs.writeFileSync('port', String(this.address().port)); });
JS
node api.mjs & api=$!
until [ -s port ]; do sleep 0.1; done
mkdir home
code=0
env -i PATH="$PATH" HOME="$folder/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat port)" ANTHROPIC_API_KEY=test DISABLE_AUTOUPDATER=1 \
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 cli/node_modules/.bin/claude -p hello --output-format json </dev/null >out 2>err || code=$?
echo "claude-code $(cli/node_modules/.bin/claude --version)"
echo "exit code: $code; what the API was asked:"
sed 's/^/  /' asked
node -e 'const r = JSON.parse(require("fs").readFileSync("out", "utf8")); const seen = [r.subtype, r.is_error, r.result, r.num_turns, r.usage.input_tokens];
  console.log("result:", JSON.stringify(seen)); process.exit(JSON.stringify(seen) === JSON.stringify(["success", false, "", 2, 20]) ? 0 : 1)' ||
  { echo "CHANGED: the result is another"; exit 1; }
[ "$code" -eq 0 ] && [ "$(wc -l <asked)" -eq 2 ] && sed -n 1p asked | grep -q '^without a reminder$' &&
  sed -n 2p asked | grep -q 'Your previous response had no visible output' || { echo "CHANGED: it does not ask again by itself"; exit 1; }
echo "As described."
