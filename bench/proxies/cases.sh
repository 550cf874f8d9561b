# To be sourced: what is done through each proxy. Each case prints one line: "ok FIGURE" or "FAULT WHAT". bash.
# Of the walk: $url, $client, $worker (tokens), $WAIT_TASK, $IDLE (seconds). Of the proxy: $folder, $name, $proxy (its address).

now() { local t=$EPOCHREALTIME; echo $((${t/./} / 1000)); }
ask() { curl -sS -H "Authorization: Bearer $client" "$@"; }
post() { ask -H 'Content-Type: application/json' "$@"; }
body() { jq -nc --arg command "$2" --arg worker "$1" "{command: \$command, worker: \$worker, timeout: 200000} + ${3:-{\}}"; }
# Straight to the server: what stands in between is not asked about the task it may have held up.
submit() { post -d "$(body "$@")" "$url/tasks" | jq -r .taskId; } # WORKER COMMAND [MORE]
end_of() { ask "$url/tasks/$1?wait=60000&output=false"; }
start_worker() { # NAME
  # 9 is the walk's turn, which is not the worker's to keep.
  WORKER_URL=$proxy WORKER_TOKEN=$worker WORKER_NAME=$1 MAX_CONCURRENT=4 OPENCLAW_WORKER_HOME=$folder/$1 \
    "$worker_program" run >>"$folder/$1.out" 2>&1 9>&- &
  echo $! >>"$folder/pids"
  echo $! >"$folder/$1.pid"
}

# The two workers of a proxy: one that works, one that idles.
case_start() {
  start_worker "$name"
  start_worker "$name-idle"
  for one in "$name" "$name-idle"; do
    for _ in $(seq 150); do
      [ "$(ask "$url/workers" | jq --arg name "$one" '[.workers[] | select(.name == $name and .status == "online")] | length')" = 1 ] && continue 2
      sleep 0.2
    done
    echo "FAULT $one has not connected: $(tail -1 "$folder/$one.out")"
    return
  done
  echo ok
}
polls() { curl -sS -H "Authorization: Bearer $worker" "$@"; }

# A task whose end is waited for by its submit, and one by a read.
case_wait() {
  local command="sleep $WAIT_TASK; echo done" id read submitted
  id=$(submit "$name" "$command")
  post -o "$folder/wait.submit" -w '%{http_code} %{time_total}' -d "$(body "$name" "$command" '{wait: 120000}')" "$proxy/tasks" \
    >"$folder/wait.figure" &
  read=$(ask -o "$folder/wait.read" -w '%{http_code} %{time_total}' "$proxy/tasks/$id?wait=120000")
  wait $!
  submitted=$(cat "$folder/wait.figure")
  for answer in read submit; do
    [ "$(jq -r .stdout "$folder/wait.$answer" 2>&1)" = done ] || { echo "FAULT read: $read s, submit: $submitted s"; return; }
  done
  echo "ok $submitted s"
}

# How long a task waits for a PC that was idle for minutes.
case_idle() {
  sleep "$IDLE"
  picked "$(submit "$name-idle" true)"
}

picked() { # TASK
  local view took
  view=$(end_of "$1")
  took=$(jq '(.startedAt // 0) - .createdAt' <<<"$view")
  [ "$(jq -r .state <<<"$view")" = succeeded ] && [ "$took" -lt 10000 ] && echo "ok $took ms" ||
    echo "FAULT $(jq -r '"\(.state) \(.why // .reason)"' <<<"$view") after $took ms"
}

# 6 MB printed, and read back through the proxy.
case_output() {
  local id sum
  id=$(submit "$name" "seq 1000000000 1000999999 | head -c 6000000")
  [ "$(end_of "$id" | jq .stdoutBytes)" = 6000000 ] || { echo "FAULT not whole at the server"; return; }
  sum=$(ask "$proxy/tasks/$id/output?stream=stdout&follow=true" | sha256sum)
  [ "$sum" = "$(seq 1000000000 1000999999 | head -c 6000000 | sha256sum)" ] && echo "ok whole" || echo "FAULT not whole behind the proxy"
}

# How late lines of a running task come, at worst: as events, and as followed output.
case_live() {
  local id events follow
  id=$(submit "$name" 'sleep 1; for i in 1 2 3 4 5; do date +%s%3N; sleep 1; done')
  ask -N "$proxy/tasks/$id/output?stream=stdout&follow=true" | latest >"$folder/follow" &
  events=$(ask -N "$proxy/tasks/$id/events" | grep --line-buffered -o '"text":"[0-9]*' | latest)
  wait $!
  follow=$(cat "$folder/follow")
  [ "$events" -lt 1000 ] && [ "$follow" -lt 1000 ] && echo "ok $events, $follow ms" || echo "FAULT $events, $follow ms late"
}

# Of lines that end with a time: how late the latest came; 99999 for fewer than five.
latest() {
  local line late=0 most=0 lines=0
  while IFS= read -r line; do
    late=$(($(now) - ${line##*\"}))
    lines=$((lines + 1))
    [ "$late" -lt "$most" ] || most=$late
  done
  [ "$lines" -ge 5 ] && echo "$most" || echo 99999
}

# A poll of the original's worker whose client is dead: its successor gets the task; without one the task waits.
case_dead() {
  local id state answer
  polls -m 3 "$proxy/worker/poll?wait=60000&name=$name-gone" >"$folder/gone" 2>&1
  polls -m 2 "$proxy/worker/poll?wait=60000&name=$name-old" >"$folder/old" 2>&1
  polls "$proxy/worker/poll?wait=20000&name=$name-old" >"$folder/living" &
  sleep 1
  id=$(submit "$name-old" 'echo x')
  wait $!
  answer=$(jq -r '.id // "null"' "$folder/living" 2>&1)
  if [ "$answer" != "$id" ]; then echo "FAULT the living poll got $answer, the task is $(ask "$url/tasks/$id" | jq -r .state)"; return; fi
  polls -o "$folder/old" -H 'Content-Type: application/json' -d "{\"taskId\":\"$id\",\"stdout\":\"x\",\"stderr\":\"\",\"exitCode\":0,\"error\":null}" \
    "$proxy/worker/result"
  sleep 18
  id=$(submit "$name-gone" 'echo x')
  sleep 2
  state=$(ask "$url/tasks/$id" | jq -r .state)
  [ "$state" = queued ] && echo "ok" || echo "FAULT given to a poll that is dead for 23 s: $state"
}

# Our own worker, killed and started again.
case_restart() {
  local pid
  pid=$(cat "$folder/$name.pid")
  kill -9 "$pid"
  while kill -0 "$pid" 2>&1; do sleep 0.1; done
  start_worker "$name"
  picked "$(submit "$name" true)"
}

# 9 MB written by curl.
case_files() {
  local status
  head -c 9000000 /dev/zero | base64 -w 0 | jq -Rc --arg path "$folder/written" --arg worker "$name" '{path: $path, content: ., encoding: "base64", worker: $worker, wait: 60000}' >"$folder/files.json"
  status=$(post -o "$folder/files.answer" -w '%{http_code}' -d "@$folder/files.json" "$proxy/files/write")
  [ "$status" = 200 ] && [ "$(stat -c %s "$folder/written" 2>&1)" = 9000000 ] && echo "ok" || echo "FAULT $status"
}

# What a client and the worker's owner are told: of the token, and of bodies.
case_doctor() {
  WORKER_URL=$proxy WORKER_TOKEN=$worker WORKER_NAME=$name OPENCLAW_WORKER_HOME=$folder/doctor "$worker_program" doctor --json >"$folder/doctor.json" 2>&1
  jq -r '[.[] | select(.check == "token" or .check == "bodies")] | (if all(.grade == "ok") then "ok" else "FAULT" end) + " "
    + (map(select(.grade != "ok") | .found + " -> " + .do) | join("; "))' "$folder/doctor.json"
}
