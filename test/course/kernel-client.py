"""Starts the course's kernel as Jupyter does and relays its messages.

Requests come as JSON lines on stdin, `{"id", "channel", "type", "content"}` or `{"do": "interrupt"}`;
every message of the kernel goes to stdout as a JSON line. The first line tells the kernel's process id.
"""

import asyncio
import json
import sys

from jupyter_client import AsyncKernelManager


def say(line):
    print(json.dumps(line, default=str), flush=True)


async def relay(name, channel):
    while True:
        message = await channel.get_msg()
        say(
            {
                "channel": name,
                "type": message["msg_type"],
                "parent": message["parent_header"].get("msg_id", ""),
                "content": message["content"],
            }
        )


async def watch(manager):
    while await manager.is_alive():
        await asyncio.sleep(0.2)
    say({"died": True})


async def main():
    manager = AsyncKernelManager(kernel_name="course")
    await manager.start_kernel(cwd=sys.argv[1])
    client = manager.client()
    client.start_channels()
    channels = {"shell": client.shell_channel, "control": client.control_channel, "iopub": client.iopub_channel}
    relays = [asyncio.create_task(relay(name, channel)) for name, channel in channels.items()]
    relays.append(asyncio.create_task(watch(manager)))
    say({"pid": manager.provisioner.pid})

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        if request.get("do") == "interrupt":
            await manager.interrupt_kernel()
        else:
            message = client.session.msg(request["type"], request["content"])
            message["header"]["msg_id"] = request["id"]
            channels[request["channel"]].send(message)
    for task in relays:
        task.cancel()
    await manager.shutdown_kernel(now=True)


asyncio.run(main())
