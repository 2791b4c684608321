"""CPU seconds of a family of processes, from the kernel's own books."""

import os
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """User and system time of a process, of all its children alive and of those it has waited for."""
    return sum(_ticks(pid) for pid in _family(root)) / TICKS_A_SECOND


def resident_mb(root: int) -> float:
    """Memory that the family holds, each page counted once (proportional set size), in MB."""
    total_kb = 0
    for pid in _family(root):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb / 1024


def _family(root: int) -> list[int]:
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(pid for child in children for pid in _family(int(child)))]


def _ticks(pid: int) -> int:
    """utime, stime, cutime, cstime: fields 14 to 17, counted after the name in brackets."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15]))
