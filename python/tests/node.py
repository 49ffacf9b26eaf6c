"""The TypeScript command line, from its sources, where the repository has its packages."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.small import ROOT

TSX = ROOT / "node_modules" / ".bin" / "tsx"
COMMAND = [str(TSX), str(ROOT / "src" / "cli" / "main.ts")]

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not TSX.exists(), reason="needs Node, and `npm ci` in the repository"
)


def nearmiss(*arguments: str | Path) -> str:
    """Runs a verb; its standard output."""
    words = [*COMMAND, *(str(argument) for argument in arguments)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
