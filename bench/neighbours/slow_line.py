#!/usr/bin/env python3
"""A slow line: passes TCP connections on at a rate that all of them share, in each direction.

slow_line.py TARGET_PORT BYTES_PER_SECOND    prints the port it listens on, then runs until it is ended.
"""
import asyncio
import sys


class Rate:
    """Bytes that may pass in a second, for all connections of one direction together."""

    def __init__(self, bytes_per_second):
        self.bytes_per_second = bytes_per_second
        self.free_at = 0.0

    async def pass_on(self, count):
        now = asyncio.get_running_loop().time()
        self.free_at = max(self.free_at, now) + count / self.bytes_per_second
        await asyncio.sleep(self.free_at - now)


async def pump(reader, writer, rate):
    try:
        while data := await reader.read(16384):
            await rate.pass_on(len(data))
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(target, bytes_per_second):
    down, up = Rate(bytes_per_second), Rate(bytes_per_second)

    async def accept(reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target, limit=32768)
        except ConnectionError:
            writer.close()
            return
        await asyncio.gather(pump(reader, far_writer, up), pump(far_reader, writer, down))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=32768)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
