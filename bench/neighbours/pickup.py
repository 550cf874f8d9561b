#!/usr/bin/env python3
"""Pick-up of a task and time of a heartbeat of others, while one neighbour is hung, greedy or slow.

pickup.py SERVER_DLL [CASE...]    SAMPLES (200) of each case; every case stands between two measurements without it.
Pick-up: from sending the submit to having the poll's answer with that task. The neighbours are processes of their own.
"""
import base64
import json
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time

from server import Client, Server

SAMPLES = int(os.environ.get("SAMPLES", 200))


class Pc:
    """A worker of the session protocol."""

    def __init__(self, server, name):
        self.client, self.beats, self.name = server.client("worker"), server.client("worker"), name
        self.session = self.client.ask("POST", "/worker/sessions", {
            "name": name, "instance": f"instance-of-{name}", "kinds": ["command", "file-write"], "os": "linux", "arch": "x64",
            "maxConcurrent": 1000})["session"]

    def poll(self, wait=20000, **more):
        return self.client.ask("POST", "/worker/poll", {"session": self.session, "freeSlots": 1, "held": [], "wait": wait, **more})["offers"]

    def take(self):
        while not (offers := self.poll()):
            pass
        self.client.ask("POST", f"/worker/attempts/{offers[0]['attemptId']}/start", {"session": self.session})
        return offers[0]["attemptId"]

    def finish(self, attempt):
        self.client.ask("POST", f"/worker/attempts/{attempt}/result", {
            "session": self.session, "outcome": "succeeded", "exitCode": 0, "stdoutBytes": 0, "stderrBytes": 0})

    def beat(self, attempts=()):
        self.beats.ask("POST", "/worker/heartbeat", {"session": self.session, "attempts": list(attempts)})


def sample(pc, client, count):
    """Milliseconds of each pick-up, and of each heartbeat of a PC that runs three tasks."""
    picked, beats, mine = [], [], []
    for _ in range(3):
        client.ask("POST", "/tasks", {"command": "true", "worker": pc.name})
        mine.append(pc.take())
    for _ in range(count):
        began = []
        waiting = threading.Thread(target=lambda: began.append(pc.take()))
        waiting.start()
        time.sleep(0.01)
        at = time.perf_counter()
        client.ask("POST", "/tasks", {"command": "true", "worker": pc.name})
        waiting.join()
        picked.append((time.perf_counter() - at) * 1000)
        at = time.perf_counter()
        pc.beat(mine)
        beats.append((time.perf_counter() - at) * 1000)
        pc.finish(began[0])
    for attempt in mine:
        pc.finish(attempt)
    return picked, beats


def loop(port, token, method, path, body, pause):
    client = Client(port, token)
    while True:
        client.send(method, path, body)
        time.sleep(pause)


def repeat(server, role, method, path, body=None, pause=0.0, token=None):
    """One client that asks again and again, one request at a time."""
    process = multiprocessing.Process(target=loop, args=(server.port, token or server.tokens[role], method, path, body, pause), daemon=True)
    process.start()
    return process.kill


def task(server, **more):
    """One that was started and of which nothing is ever heard again."""
    pc = Pc(server, "silent")
    for _ in range(20):
        server.client().ask("POST", "/tasks", {"command": "true", "worker": "silent", "timeout": 600000})
        pc.take()
    return lambda: None


def pc(server):
    """A PC that asks for work, is offered it, and never takes it; a thousand tasks wait for it."""
    client, away = server.client(), Pc(server, "away")
    for _ in range(1000):
        client.ask("POST", "/tasks", {"command": "true", "worker": "away"})
    return repeat(server, "worker", "POST", "/worker/poll", {"session": away.session, "freeSlots": 100, "held": [], "wait": 1000}, pause=0.2)


def grain(server):
    """Five hundred readers that wait for one task."""
    id = server.client().ask("POST", "/tasks", {"command": "true", "labels": ["nobody"]})["taskId"]
    ends = []
    for _ in range(500):
        end = socket.create_connection(("127.0.0.1", server.port))
        end.sendall(f"GET /tasks/{id}?wait=300000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.tokens['client']}\r\n\r\n".encode())
        ends.append(end)
    return lambda: [end.close() for end in ends]


def labels(server):
    """Two thousand sets of labels that nobody serves."""
    client = server.client()
    for number in range(2000):
        client.ask("POST", "/tasks", {"command": "true", "labels": [f"set-{number}"]})
    return lambda: None


def reader(server):
    """Readers of lists in a loop, and one that takes nothing of 4 MB of output that it asked for."""
    pc = Pc(server, "printer")
    id = server.client().ask("POST", "/tasks", {"command": "true", "worker": "printer", "timeout": 600000})["taskId"]
    attempt, size = pc.take(), 300_000
    for number in range(14):
        pc.client.ask("POST", f"/worker/attempts/{attempt}/output", {"session": pc.session, "chunks": [{
            "stream": "stdout", "sequence": number, "offset": number * size, "data": base64.b64encode(b"x" * size).decode()}]})
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    end.connect(("127.0.0.1", server.port))
    end.sendall(f"GET /tasks/{id}/output?follow=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.tokens['client']}\r\n\r\n".encode())
    stops = [repeat(server, "client", "GET", "/workers", pause=0.01), repeat(server, "client", "GET", "/tasks?limit=100", pause=0.01)]
    return lambda: [end.close(), *[stop() for stop in stops]]


def token(server):
    """A token whose every request is refused, and one that submits as fast as it can."""
    stops = [repeat(server, "client", "POST", "/tasks", {"comand": "x"}, pause=0.002),
             repeat(server, "client", "POST", "/tasks", {"command": "true", "labels": ["nobody"]}, pause=0.002)]
    return lambda: [stop() for stop in stops]


def address(server):
    """An address that tries tokens, and leaves three hundred requests half sent."""
    ends = []
    for _ in range(300):
        end = socket.create_connection(("127.0.0.1", server.port))
        end.sendall(b"POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Le")
        ends.append(end)
    stop = repeat(server, "client", "GET", "/tasks", token="wrong", pause=0.002)
    return lambda: [stop(), *[end.close() for end in ends]]


CASES = {case.__name__: case for case in (task, pc, grain, labels, reader, token, address)}


def high(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def told(values):
    return f"{high(values, 0.5):6.1f} {high(values, 0.95):6.1f} {max(values):6.1f}"


def run(server, names):
    other, client = Pc(server, "other"), server.client()
    sample(other, client, 300)
    print("case: ms p50, p95, max of pick-up without, with, ratio of p95; the same of a heartbeat")
    for name in names:
        before = sample(other, client, SAMPLES)
        stop = CASES[name](server)
        during = sample(other, client, SAMPLES)
        stop()
        time.sleep(1)
        after = sample(other, client, SAMPLES)
        lines = []
        for at in (0, 1):
            without = before[at] + after[at]
            lines.append(f"{told(without)} |{told(during[at])} | {high(during[at], 0.95) / high(without, 0.95):.2f}x")
        print(f"{name:8} {lines[0]}   heartbeat {lines[1]}", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="openclaw-pickup-") as home, Server(sys.argv[1], home) as standalone:
        run(standalone, sys.argv[2:] or list(CASES))
