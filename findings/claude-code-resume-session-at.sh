#!/usr/bin/env bash
# Claude Code 2.1.332: `--resume-session-at UUID` is not in `claude --help`, and `claude -p --resume ID --resume-session-at UUID` takes it: the
# session goes on behind that message of the model, and what came after it is left out of this turn and of all later ones, though the session's
# file keeps it (the file only grows). UUID is the `uuid` of an `assistant` line of the file, one that the model wrote. So a turn can be taken
# back without a fork and without touching the file. An id that is not there: exit code 1, nothing is asked of the API.
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
  const text = c => (typeof c === 'string' ? c : c.map(x => x.text ?? '').join(' ')).replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim();
  const prompts = JSON.parse(body).messages.filter(m => m.role === 'user').map(m => text(m.content)).filter(Boolean);
  fs.appendFileSync('asked', prompts.join(', ') + '\n');
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (type, data) => res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  event('message_start', { message: { id: 'msg_' + prompts.length + Date.now(), type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } } });
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'answer' } });
  event('content_block_stop', { index: 0 });
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } });
  event('message_stop', {}); res.end();
}).listen(0, '127.0.0.1', function () { fs.writeFileSync('port', String(this.address().port)); });
JS
node api.mjs & api=$!
until [ -s port ]; do sleep 0.1; done
mkdir home
id=11111111-1111-4111-8111-111111111111
claude() {
  printf '%s' "$1" | env -i PATH="$PATH" HOME="$folder/home" ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat port)" ANTHROPIC_API_KEY=test DISABLE_AUTOUPDATER=1 \
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 cli/node_modules/.bin/claude -p "${@:2}" >>out 2>>err
}
echo "claude-code $(cli/node_modules/.bin/claude --version)"
claude one --session-id $id
file=$(ls home/.claude/projects/*/$id.jsonl)
first=$(node -e 'for (const l of require("fs").readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean)) { const e = JSON.parse(l); if (e.type === "assistant") console.log(e.uuid) }' "$file" | tail -1)
claude two --resume $id
cp "$file" before
claude three --resume $id --resume-session-at "$first"
claude four --resume $id
code=0; claude five --resume $id --resume-session-at 22222222-2222-4222-8222-222222222222 || code=$?
help=0; cli/node_modules/.bin/claude --help | grep -q resume-session-at || help=1
echo "prompts in each request:"; sed 's/^/  /' asked
echo "an unknown id: exit code $code; in --help: $([ $help -eq 0 ] && echo yes || echo no)"
kept=yes; cmp -s -n "$(wc -c <before)" before "$file" || kept=no
echo "what was in the file is still there: $kept"
[ "$(cat asked)" = "$(printf 'one\none, two\none, three\none, three, four')" ] && [ $code -eq 1 ] && [ $help -eq 1 ] && [ $kept = yes ] ||
  { echo "CHANGED"; exit 1; }
echo "As described."
