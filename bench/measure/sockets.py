"""Clients of subscriptions over graphql-transport-ws, as many as are wanted, each with a WebSocket of its own."""

import asyncio
import base64
import json
import os
import struct

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Subscriber:
    """One WebSocket with one subscription."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, host, port, token, document, variables):
        reader, writer = await asyncio.open_connection(host, port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        self = cls(reader, writer)
        await self.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        assert (await self.hear())["type"] == "connection_ack"
        payload = {"query": document, "variables": variables}
        await self.say({"type": "subscribe", "id": "1", "payload": payload})
        return self

    async def say(self, message):
        await self.send(TEXT, json.dumps(message).encode())

    async def send(self, kind, content):
        mask = os.urandom(4)
        length = bytes([0x80 | len(content)]) if len(content) < 126 else b"\xfe" + struct.pack(">H", len(content))
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(content))
        self.writer.write(bytes([0x80 | kind]) + length + mask + masked)
        await self.writer.drain()

    async def hear(self):
        """The next message; pings are answered."""
        while True:
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
            content = await self.reader.readexactly(length)
            if first & 15 == PING:
                await self.send(PONG, content)
            elif first & 15 == TEXT:
                message = json.loads(content)
                if message["type"] != "ping":
                    return message
                await self.say({"type": "pong"})
            else:
                raise ConnectionError(f"closed: {content}")

    async def state(self, field):
        """The next state that the subscription tells."""
        message = await self.hear()
        assert message["type"] == "next" and "errors" not in message["payload"], message
        return message["payload"]["data"][field]
