"""100 KB/s and 300 ms in each direction, on the client's line and on the worker's."""
import base64
import os
import time

from line import Line
from pc import Pc, surprise, until
from server import Client

RATE, DELAY = 100_000, 0.3


class Walk:
    def __init__(self, server, worker, folder):
        self.server, self.folder, self.pc, self.client = server, folder, Pc(server, worker, folder), server.client()
        self.line = Line(server.port)
        for line in (self.line, self.pc.line):
            line.per_second, line.delay = RATE, DELAY

    def far(self):
        """A client behind the line. One a step: a connection that is idle for two minutes is closed by the server."""
        return Client(self.line.port, self.server.tokens["client"])

    def timed(self, what, call):
        began = time.time()
        result = call()
        print(f"slow: {what}: {time.time() - began:.1f} s", flush=True)
        return result

    def must_end(self, task, state, what):
        end = until(self.client, task, seconds=400)
        if end["state"] != state:
            surprise(f"slow: {what}: {end['state']} {end.get('reason')} {end.get('error')}")

    def echo(self, what):
        answer = self.timed(what, lambda: self.far().ask("POST", "/tasks", {"command": "echo hi", "worker": "pc", "wait": 100000}))
        if answer["state"] != "succeeded":
            surprise(f"slow: {what}: {answer['state']}")


def walk(server, worker, folder):
    over = Walk(server, worker, folder)
    until(over.client, over.client.ask("POST", "/tasks", {"command": "true", "worker": "pc"})["taskId"])
    over.echo("echo")
    data, target = os.urandom(2_000_000), f"{folder}/slow"
    body = {"path": target, "content": base64.b64encode(data).decode(), "encoding": "base64", "worker": "pc", "timeout": 30000}
    task = over.timed("2 MB to write, sent by the client", lambda: over.far().ask("POST", "/files/write", body))["taskId"]
    over.timed("fetched by the worker and written", lambda: over.must_end(task, "succeeded", "a write"))
    large = f"{folder}/large"
    with open(large, "wb") as file:
        file.write(os.urandom(8 << 20))
    task = over.client.ask("POST", "/tasks", {
        "kind": "file-download", "payload": {"path": large, "length": 8 << 20}, "worker": "pc", "timeout": 30000})["taskId"]
    over.timed("8 MiB read and sent by the worker, timeout 30 s", lambda: over.must_end(task, "succeeded", "a download of 8 MiB"))
    with open(large, "rb") as file:
        if over.client.send("GET", f"/tasks/{task}/output")[1] != file.read():
            surprise("slow: the download is not the file")
    # One slot: the next task need not wait until its output is sent.
    task = over.client.ask("POST", "/tasks", {"command": "head -c 9000000 /dev/urandom", "worker": "pc", "timeout": 30000})["taskId"]
    over.echo("echo behind 9 MB of output, one slot")
    over.timed("the 9 MB", lambda: over.must_end(task, "succeeded", "9 MB of output"))
    task = over.client.ask("POST", "/tasks", {"command": "sleep 100", "worker": "pc", "timeout": 200000})["taskId"]
    until(over.client, task, state="running")
    over.timed("cancel of a running task", lambda: (over.far().ask("POST", f"/tasks/{task}/cancel"), over.must_end(task, "cancelled", "a cancel")))
    over.pc.must_be_idle(over.client, 1)
