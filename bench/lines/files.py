"""Files: writes, uploads and downloads, the client's calls and the worker's."""
import base64
import hashlib
import http.client
import json
import os
import time

from line import Line
from pc import PLACES, Pc, all_cuts, attempt, surprise, until
from server import Client

SIZE, MIDDLE = 600_000, 300_000
ROUTES = {"/payload": [*PLACES, 250_000], "/start": PLACES, "/output": [*PLACES, 250_000], "/result": [*PLACES, 250_000], "/poll": PLACES}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def text(data):
    return base64.b64encode(data).decode()


def content(path):
    with open(path, "rb") as file:
        return file.read()


class Walk:
    def __init__(self, server, worker, folder):
        self.server, self.folder, self.pc, self.client = server, folder, Pc(server, worker, folder, slots=2), server.client()
        self.line, self.data, self.calls = Line(server.port), os.urandom(SIZE), 0
        self.source = f"{folder}/source"
        with open(self.source, "wb") as file:
            file.write(self.data)

    def send(self, port, path, body, key):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=100)
        connection.request("POST", path, json.dumps(body), {
            "Authorization": f"Bearer {self.server.tokens['client']}", "Content-Type": "application/json", "Idempotency-Key": key})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def twice(self, path, body, cut):
        """Sent over a call that is cut, and again with its key: the end of the one task there is."""
        self.calls += 1
        key, self.line.cuts = f"key-{self.calls}", lambda name: cut
        first = attempt(lambda: self.send(self.line.port, path, body, key))
        second = self.send(self.server.port, path, body, key)
        if second[0] != 200 or (not isinstance(first, str) and first[1]["taskId"] != second[1]["taskId"]):
            surprise(f"{path} {cut}: first {str(first)[:200]}, again {str(second)[:200]}")
        end = until(self.client, second[1]["taskId"])
        if end["state"] != "succeeded":
            surprise(f"{path} {cut}: {end['state']} {end.get('reason')} {end.get('error')}")

    def write(self, cut):
        target = f"{self.folder}/written-{self.calls}"
        self.twice("/files/write", {"path": target, "content": text(self.data), "encoding": "base64", "worker": "pc", "ifAbsent": True}, cut)
        if content(target) != self.data:
            surprise(f"write {cut}: not the file")

    def upload(self, cut):
        target, name = f"{self.folder}/uploaded-{self.calls}", f"upload-{self.calls}"
        for offset in (0, MIDDLE):
            piece = self.data[offset:offset + MIDDLE]
            body = {"path": target, "upload": name, "offset": offset, "content": text(piece), "pieceSha256": digest(piece), "worker": "pc"}
            self.twice("/files/upload", {**body, "fileSha256": digest(self.data)} if offset else body, cut)
        if content(target) != self.data:
            surprise(f"upload {cut}: not the file")

    def download(self):
        return self.client.ask("POST", "/tasks", {"kind": "file-download", "payload": {"path": self.source}, "worker": "pc"})["taskId"]

    def read_cut(self, task):
        for cut in all_cuts([0, 1, 90, 300, 500, MIDDLE, SIZE - 1]):
            self.line.cuts = lambda name, cut=cut: cut
            got = attempt(lambda: Client(self.line.port, self.server.tokens["client"]).send("GET", f"/tasks/{task}/output"))
            if not isinstance(got, str) and got[1] != self.data:
                surprise(f"the bytes of a download {cut} were believed: {got[0]}, {len(got[1])} bytes")

    def cut_worker(self, route, places):
        left, seen = self.pc.cut_each(route, places)
        began, rounds = time.time(), 0
        while left and time.time() - began < 60:
            rounds += 1
            target = f"{self.folder}/behind-{rounds}"
            written = self.client.ask("POST", "/files/write", {
                "path": target, "content": text(self.data), "encoding": "base64", "worker": "pc", "ifAbsent": True, "timeout": 120000})["taskId"]
            read = self.download()
            ends = [until(self.client, task) for task in (written, read)]
            got = self.client.send("GET", f"/tasks/{read}/output")[1]
            if [end["state"] for end in ends] != ["succeeded"] * 2 or content(target) != self.data or got != self.data:
                surprise(f"the worker's {route}, {seen}: {[(end['state'], end.get('reason'), end.get('error')) for end in ends]}, {len(got)} bytes")
            os.remove(target)
        print(f"files: the worker's {route} cut {seen['cut']} times ({len(left)} places not), {time.time() - began:.0f} s", flush=True)


def walk(server, worker, folder):
    over, began = Walk(server, worker, folder), time.time()
    for cut in all_cuts([*PLACES, MIDDLE]):
        over.write(cut)
        over.upload(cut)
    task = over.download()
    until(over.client, task)
    over.read_cut(task)
    print(f"files: the client's {over.calls} writes and pieces and 28 reads cut, {time.time() - began:.0f} s", flush=True)
    for route, places in ROUTES.items():
        over.cut_worker(route, places)
    over.pc.must_be_idle(over.client, 2)
