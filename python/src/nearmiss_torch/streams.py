"""Seeded random streams: the sfc32 generator of the TypeScript package (src/random.ts), number for number.

They decide the order of the data, so that both engines meet the same examples in the same steps.
"""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = 0xFFFFFFFF
_OFFSETS = (0x811C9DC5, 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35)


def stream(seed: int, *labels: str | int) -> Callable[[], float]:
    """Floats in [0, 1) with 32 random bits, for a seed and any number of labels.

    sfc32 by Chris Doty-Humphrey (PractRand).
    """
    a, b, c, d = _hash128(json.dumps([seed, *labels], separators=(",", ":"), ensure_ascii=False))

    def next32() -> int:
        nonlocal a, b, c, d
        t = (a + b + d) & _MASK
        d = (d + 1) & _MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & _MASK
        c = (((c << 21) | (c >> 11)) + t) & _MASK
        return t

    # The first numbers still show the seed.
    for _ in range(12):
        next32()
    return lambda: next32() / 4294967296


def shuffled(items: Sequence[T], draw: Callable[[], float]) -> list[T]:
    """A new list in random order (Fisher-Yates), by draws from a `stream`."""
    out = list(items)
    for i in range(len(out) - 1, 0, -1):
        j = int(draw() * (i + 1))
        out[i], out[j] = out[j], out[i]
    return out


def _hash128(text: str) -> tuple[int, int, int, int]:
    """Four 32-bit words from a text: FNV-1a over its UTF-16 units with four offsets, then an avalanche each."""
    units = text.encode("utf-16-le", "surrogatepass")
    words = list(_OFFSETS)
    for i in range(0, len(units), 2):
        code = units[i] | (units[i + 1] << 8)
        for w in range(4):
            words[w] = ((words[w] ^ code) * (0x01000193 + 2 * w)) & _MASK
    for w in range(4):
        h = words[w]
        h = ((h ^ (h >> 16)) * 0x7FEB352D) & _MASK
        h = ((h ^ (h >> 15)) * 0x846CA68B) & _MASK
        words[w] = h ^ (h >> 16)
    return (words[0], words[1], words[2], words[3])
