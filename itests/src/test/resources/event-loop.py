"""An event loop that beats every 10 ms while its own connects and datagrams wait for their SA.

event-loop.py ADDRESS TCP-PORT CONNECTS UDP-PORT DATAGRAMS
Prints one JSON object when every connect has its outcome.
"""

import asyncio
import json
import socket
import statistics
import sys
import time

BEAT = 0.010

address, tcp_port, connects, udp_port, datagrams = sys.argv[1], *map(int, sys.argv[2:6])


async def beat(late):
    while True:
        due = time.monotonic() + BEAT
        await asyncio.sleep(BEAT)
        late.append((time.monotonic() - due) * 1000)


async def connect():
    began = time.monotonic()
    try:
        _, writer = await asyncio.open_connection(address, tcp_port)
        outcome = "connected"
        writer.close()
    except OSError as e:
        outcome = type(e).__name__
    return outcome, (time.monotonic() - began) * 1000


async def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for number in range(datagrams):
            sender.sendto(b"%d" % number, (address, udp_port))
            await asyncio.sleep(0)


async def main():
    late = []
    heart = asyncio.create_task(beat(late))
    await asyncio.sleep(0.2)
    sending = asyncio.create_task(send())
    done = await asyncio.gather(*(connect() for _ in range(connects)))
    await sending
    heart.cancel()
    outcomes = [outcome for outcome, _ in done]
    print(
        json.dumps(
            {
                "outcomes": {name: outcomes.count(name) for name in set(outcomes)},
                "connect_ms_median": statistics.median(millis for _, millis in done),
                "late_ms_median": statistics.median(late),
                "late_ms_worst": max(late),
                "beats": len(late),
            }
        )
    )


asyncio.run(main())
