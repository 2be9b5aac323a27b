"""Runs a command to its end: `measured.py COMMAND ARG...`.

What it took is the last line of standard output, as JSON: seconds by the clock, seconds of a processor, and the most
memory that its process held (KB). The same for every language; the command's own output goes to standard error.
"""

import json
import os
import sys
import time

begin = time.monotonic()
pid = os.posix_spawnp(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)]
)
_, status, usage = os.wait4(pid, 0)
seconds = time.monotonic() - begin
code = os.waitstatus_to_exitcode(status)
print(
    json.dumps(
        {
            "code": code,
            "seconds": seconds,
            "processorSeconds": usage.ru_utime + usage.ru_stime,
            "peakKb": usage.ru_maxrss,
        }
    )
)
