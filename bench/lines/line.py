"""A line on 127.0.0.1 between HTTP/1.1 clients and a server: it delays, caps, buffers, and cuts calls where it is told to."""
import asyncio
import struct
import socket
import threading


class Cut:
    """So many bytes of a call's request, or of its answer, go through; then its connection is closed or reset."""

    def __init__(self, in_answer, after, resets):
        self.in_answer, self.after, self.resets = in_answer, after, resets

    def __repr__(self):
        return f"{'answer' if self.in_answer else 'request'} after {self.after}, {'reset' if self.resets else 'closed'}"


class Rate:
    """Bytes of all connections of one direction together."""

    def __init__(self):
        self.free_at = 0.0

    def due(self, count, per_second, delay):
        now = asyncio.get_running_loop().time()
        if per_second:
            self.free_at = max(self.free_at, now) + count / per_second
        return max(self.free_at, now) + delay if per_second else now + delay


class Line(threading.Thread):
    """`cuts(name)`, asked for each call by method and path, on the line's thread: a Cut, or None where the call goes through."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target, self.per_second, self.delay, self.cuts, self.hold = target, 0, 0.0, lambda name: None, 0.0
        self.seen = {}
        self.up, self.down = Rate(), Rate()
        self.open = threading.Event()
        self.start()
        self.open.wait()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        server = await asyncio.start_server(self.accept, "127.0.0.1", 0, limit=32768)
        self.port = server.sockets[0].getsockname()[1]
        self.open.set()
        await server.serve_forever()

    async def accept(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=32768)
        except OSError:
            writer.close()
            return
        call = {"cut": None, "gone": [0, 0]}
        ways = [asyncio.create_task(self.pump(reader, far_writer, call, False)), asyncio.create_task(self.pump(far_reader, writer, call, True))]
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, far_writer):
            if call["cut"] and call["cut"].resets and end is writer:
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.transport.abort()
            else:
                end.close()

    async def pump(self, reader, writer, call, is_answer):
        """Returns when one side has closed, or the call was cut."""
        queue = asyncio.Queue(8)
        sender = asyncio.create_task(self.send(queue, writer))
        try:
            while data := await reader.read(max(256, self.per_second // 20) if self.per_second else 16384):
                if not is_answer and data[:4] in (b"POST", b"GET ", b"PUT "):
                    name = " ".join(data[:300].split(b" ", 2)[i].decode() for i in (0, 1))
                    call["cut"], call["gone"] = self.cuts(name), [0, 0]
                cut, gone = call["cut"], call["gone"]
                left = max(0, cut.after - gone[is_answer]) if cut and cut.in_answer == is_answer else len(data)
                gone[is_answer] += min(left, len(data))
                if is_answer and self.hold:
                    await asyncio.sleep(self.hold)
                due = (self.down if is_answer else self.up).due(len(data), self.per_second, self.delay)
                await queue.put((data[:left], due))
                if left < len(data):
                    break
            await queue.put((None, 0))
            await sender
        except (ConnectionError, OSError):
            pass
        finally:
            sender.cancel()

    async def send(self, queue, writer):
        while True:
            data, due = await queue.get()
            if data is None:
                return
            wait = due - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
            if data:
                writer.write(data)
                await writer.drain()
