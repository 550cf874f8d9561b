#!/usr/bin/env python3
"""Large file writes that wait for one PC over a slow line: memory of server and worker over idle, how long it takes, and an echo behind them.

writes.py SERVER_DLL WORKER_BINARY    WRITES (40), SIZE (10 MiB), RATE (5,000,000 bytes/s), SLOTS (3), LIMIT (600 s)
Linux only: it reads /proc. Ends with 1 when something was not done.
"""
import base64
import os
import subprocess
import sys
import tempfile
import time

from server import Server, Watch

HERE = os.path.dirname(os.path.abspath(__file__))
WRITES, SIZE = int(os.environ.get("WRITES", 40)), int(os.environ.get("SIZE", 10 << 20))
RATE, SLOTS = os.environ.get("RATE", "5000000"), os.environ.get("SLOTS", "3")
LIMIT = float(os.environ.get("LIMIT", 600))


def connect(server, folder, worker):
    line = server.start([sys.executable, f"{HERE}/slow_line.py", str(server.port), RATE], stdout=subprocess.PIPE, text=True)
    return server.start([worker, "run"], stdout=server.err, env=dict(
        os.environ, WORKER_URL=f"http://127.0.0.1:{int(line.stdout.readline())}", WORKER_TOKEN=server.tokens["worker"], WORKER_NAME="pc",
        OPENCLAW_WORKER_HOME=f"{folder}/home", MAX_CONCURRENT=SLOTS))


def submit(client, folder):
    return [client.ask("POST", "/files/write", {
        "path": f"{folder}/written-{number}", "content": base64.b64encode(os.urandom(SIZE)).decode(), "encoding": "base64", "worker": "pc",
        "timeout": 60000, "startWithin": 3600000})["taskId"] for number in range(WRITES)]


def run(server, folder, worker):
    daemon, client = connect(server, folder, worker), server.client()
    echo = {"command": "echo hi", "worker": "pc", "wait": 120000, "startWithin": 3600000}
    for _ in range(100):
        client.ask("POST", "/tasks", echo)
    time.sleep(5)
    watches = [Watch(server.process.pid), Watch(daemon.pid)]

    def over():
        return f"over idle ({watches[0].idle}, {watches[1].idle} MiB): server {watches[0].most} MiB, worker {watches[1].most} MiB"

    began = time.time()
    tasks = submit(client, folder)
    submitted = time.time()
    print(f"submitted {WRITES} writes of {SIZE} bytes in {submitted - began:.1f} s; {over()}", flush=True)
    echoes = []
    for _ in range(3):
        asked = time.time()
        done = client.ask("POST", "/tasks", echo).get("state") == "succeeded"
        echoes.append(time.time() - asked if done else float("inf"))
    print("echo behind them: " + ", ".join(f"{took:.2f} s" for took in echoes), flush=True)
    states = {}
    for task in tasks:
        left = max(1, LIMIT - (time.time() - submitted))
        state = client.ask("GET", f"/tasks/{task}?output=false&wait={int(min(left, 290) * 1000)}")["state"]
        states[state] = states.get(state, 0) + 1
    print(f"{states} after {time.time() - submitted:.1f} s; {over()}", flush=True)
    return states == {"succeeded": WRITES} and max(echoes) < 30


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="openclaw-writes-") as home, Server(sys.argv[1], home) as standalone:
        sys.exit(0 if run(standalone, home, sys.argv[2]) else 1)
