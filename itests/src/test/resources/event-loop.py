"""An event loop that beats every 10 ms while its own connects wait for their SA.

event-loop.py ADDRESS TCP-PORT CONNECTS
Prints one JSON object when every connect has its outcome.
"""

import asyncio
import json
import statistics
import sys
import time

BEAT = 0.010

address, tcp_port, connects = sys.argv[1], *map(int, sys.argv[2:4])


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


async def main():
    late = []
    heart = asyncio.create_task(beat(late))
    await asyncio.sleep(0.2)
    done = await asyncio.gather(*(connect() for _ in range(connects)))
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
