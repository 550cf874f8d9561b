"""Live output: each connection is cut after some more bytes than the one before, and the next goes on where it ended."""
import base64
import http.client
import json
import time

from line import Cut, Line
from pc import FAULTS, Pc, surprise

COMMAND = "i=0; while [ $i -lt 60 ]; do echo line $i; echo err $i >&2; i=$((i+1)); sleep 0.05; done; head -c 200000 /dev/zero | tr '\\0' y"
STEPS = (1, 150, 400, 700, 1500, 4000, 30_000)


def read_events(port, token, task, last):
    """Status and whole events of a stream, until it ends or breaks."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
    connection, found, now, status = http.client.HTTPConnection("127.0.0.1", port, timeout=100), [], {}, 200
    try:
        connection.request("GET", f"/tasks/{task}/events", headers=headers)
        answer = connection.getresponse()
        status = answer.status
        while status == 200 and (line := answer.readline().decode()).endswith("\n"):
            if line == "\n":
                found += [(now["id"], now["event"], json.loads(now["data"]))] if "id" in now else []
                now = {}
            elif not line.startswith(":"):
                key, _, value = line.rstrip("\n").partition(": ")
                now[key] = value
    except FAULTS:
        pass
    return status, found


class Walk:
    def __init__(self, server, worker, folder):
        self.pc, self.client, self.token, self.port = Pc(server, worker, folder, slots=8), server.client(), server.tokens["client"], server.port
        self.line, self.after = Line(server.port), 0

    def submit(self, step, resets):
        self.after = step

        def cuts(name):
            self.after = int(self.after * 1.3) + step
            return Cut(True, self.after, resets)
        self.line.cuts = cuts
        return self.client.ask("POST", "/tasks", {"command": COMMAND, "worker": "pc", "timeout": 120000})["taskId"]

    def events(self, step, resets):
        task, seen, streams, over = self.submit(step, resets), [], 0, time.time() + 120
        while not (seen and seen[-1][1] == "end") and time.time() < over:
            status, found = read_events(self.line.port, self.token, task, seen[-1][0] if seen else None)
            seen, streams = seen + found, streams + 1
            if status != 200:
                return surprise(f"events {step} {resets}: {status} after {seen[-1:]}")
        whole = read_events(self.port, self.token, task, None)[1]
        states = [[(one[0], one[1]) for one in events if one[1] != "output"] for events in (seen, whole)]
        if states[0] != states[1]:
            surprise(f"events {step} {resets}: {states[0]}, the whole {states[1]}")
        for stream in ("stdout", "stderr"):
            text = b""
            for data in (data for _, kind, data in seen if kind == "output" and data["stream"] == stream):
                if data["offset"] != len(text):
                    surprise(f"events {step} {resets}: {stream} offset {data['offset']} at {len(text)}")
                text += base64.b64decode(data["data"])
            self.compare(task, stream, text, f"events {step} {resets}")
        return streams

    def follow(self, step, resets):
        task, text, streams = self.submit(step, resets), b"", 0
        while streams < 400:
            streams += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.line.port, timeout=100)
            try:
                path = f"/tasks/{task}/output?follow=true&stream=stdout&offset={len(text)}"
                connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                while piece := answer.read1(65536):
                    text += piece
            except FAULTS:
                pass
            rest = self.client.send("GET", f"/tasks/{task}/output?stream=stdout&offset={len(text)}")[1]
            if rest == b"" and self.client.ask("GET", f"/tasks/{task}")["status"] not in ("pending", "running"):
                break
        self.compare(task, "stdout", text, f"follow {step} {resets}")
        return streams

    def compare(self, task, stream, text, what):
        whole = self.client.send("GET", f"/tasks/{task}/output?stream={stream}")[1]
        if text != whole:
            surprise(f"{what}: {stream} {len(text)} bytes of {len(whole)}")


def walk(server, worker, folder):
    over, began, streams = Walk(server, worker, folder), time.time(), [0, 0]
    for resets in (False, True):
        for step in STEPS:
            streams = [streams[0] + (over.events(step, resets) or 0), streams[1] + over.follow(step, resets)]
    print(f"live: {2 * len(STEPS)} tasks by {streams[0]} streams of events, as many by {streams[1]} follows, {time.time() - began:.0f} s", flush=True)
    over.pc.must_be_idle(over.client, 8)
