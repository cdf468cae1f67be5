"""Runs one notebook from a fresh kernel, as Jupyter's own tools do: python execute.py NOTEBOOK EXECUTED_COPY SECONDS_PER_CELL

Writes the executed copy also when a cell fails, and prints one JSON line: seconds, peak memory of the kernel in bytes,
and the failed cell's id and output.
"""

import json
import os
import re
import sys
import time

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# Kilobytes on every system.
PEAK = "console.log(process.resourceUsage().maxRSS * 1024)"


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def failure_of(notebook, error):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return {"cell": cell.get("id", ""), "text": plain("\n".join(output.traceback))}
    return {"cell": "", "text": plain(str(error))}


def peak_memory(client):
    """The kernel measures itself, which works on every system."""
    peak = 0

    def read(message):
        nonlocal peak
        if message["msg_type"] == "stream":
            peak = int(message["content"]["text"])

    run_sync(client.kc.execute_interactive)(PEAK, silent=True, output_hook=read, timeout=30)
    return peak


def run(source, target, seconds_per_cell):
    notebook = nbformat.read(source, as_version=4)
    folder = {"metadata": {"path": os.path.dirname(os.path.abspath(source))}}
    client = NotebookClient(notebook, kernel_name="course", timeout=seconds_per_cell, resources=folder)
    failure = None
    memory = 0
    started = time.monotonic()
    seconds = 0.0
    with client.setup_kernel():
        try:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failure = failure_of(notebook, error)
        seconds = time.monotonic() - started
        if failure is None:
            memory = peak_memory(client)
    nbformat.write(notebook, target)
    return {"seconds": seconds, "memory": memory, "failure": failure}


if __name__ == "__main__":
    try:
        print(json.dumps(run(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    except NoSuchKernel:
        sys.exit("Kernel: expected the course's kernel in Jupyter's environment, got none. Run `npm run doctor`.")
