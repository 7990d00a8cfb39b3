"""What this machine computes in: the one place where `auto` is decided, before anything is named.

What is found goes into the names of features, so a build that moves to a machine of another kind makes its features anew instead
of mixing two kinds. On a cluster of unlike nodes, say `engine` and `precision` outright.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""Of /proc/cpuinfo: x86-64 with AVX-512 BF16 or AMX, and ARM."""

_INT8_FLAGS = {"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"}
"""Likewise: sums of products of 8 bits in 32. Without them x86-64 adds two products in 16 bits, and what does not fit is lost."""

_BFLOAT16_CAPABILITY = 8.0
"""Compute capability from which NVIDIA's GPUs have bfloat16 (Ampere)."""


@dataclass(frozen=True)
class Machine:
    """`gpu`: an NVIDIA GPU is there; `bfloat16`: it, or without one the processor, computes in bfloat16; `int8`: the processor does."""

    gpu: bool
    bfloat16: bool
    int8: bool

    def engine(self, asked: str) -> str:
        """The engine for `auto | tensorflow | openvino`."""
        return asked if asked != "auto" else "tensorflow" if self.gpu else "openvino"

    def precision(self, asked: str) -> str:
        """The precision for `auto | float32 | bfloat16 | float16 | int8`; auto is never int8, which finds other neighbours."""
        return asked if asked != "auto" else "bfloat16" if self.bfloat16 else "float32"


@cache
def detect() -> Machine:
    """What there is here."""
    capabilities, flags = _gpu_capabilities(), _cpu_flags()
    bfloat16 = min(capabilities) >= _BFLOAT16_CAPABILITY if capabilities else bool(_BFLOAT16_FLAGS & flags)
    return Machine(bool(capabilities), bfloat16, bool(_INT8_FLAGS & flags))


def _cpu_flags() -> set[str]:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return set()
    lines = cpuinfo.read_text("utf-8", "replace").splitlines()
    return next((set(line.split()) for line in lines if line.startswith(("flags", "Features"))), set())


def _gpu_capabilities() -> list[float]:
    if not Path("/proc/driver/nvidia/version").is_file():
        return []
    try:
        command = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
        return [float(line) for line in found.stdout.split()]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []
