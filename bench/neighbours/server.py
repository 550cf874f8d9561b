"""A Standalone server without a worker, its clients, and the memory of processes: for the scripts beside this one."""
import http.client
import json
import signal
import subprocess
import sys
import threading
import time


def rss(pid):
    """MiB."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


class Watch:
    """The most memory a process has had, MiB over what it had at first."""

    def __init__(self, pid):
        self.pid, self.idle, self.most = pid, rss(pid), 0
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        while True:
            try:
                self.most = max(self.most, rss(self.pid) - self.idle)
            except (OSError, StopIteration):
                return
            time.sleep(0.05)


class Client:
    """One connection with a token."""

    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=700)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method, path, body=None):
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def ask(self, method, path, body=None):
        status, text = self.send(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {text[:300]}")
        return json.loads(text)


class Server:
    """Ends with the block, and with the process."""

    def __init__(self, program, folder):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.err = open(f"{folder}/errors", "w")
        self.process = subprocess.Popen(
            ["dotnet", program, "--no-worker", "--port", "0", "--data", f"{folder}/server"], stdout=subprocess.PIPE, stderr=self.err, text=True)
        self.others = []
        ready = next(line for line in self.process.stdout if "Ready" in line)
        self.port = int(ready.split("http://127.0.0.1:")[1].split()[0].rstrip("/."))
        with open(f"{folder}/server/tokens") as lines:
            self.tokens = dict(line.strip().split("=", 1) for line in lines if "=" in line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in [*reversed(self.others), self.process]:
            process.kill()
            process.wait()

    def start(self, command, **options):
        process = subprocess.Popen(command, stderr=self.err, **options)
        self.others.append(process)
        return process

    def client(self, role="client"):
        return Client(self.port, self.tokens[role])
