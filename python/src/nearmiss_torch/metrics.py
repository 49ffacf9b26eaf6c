"""The metrics file: one line a step, in one file for all arms and stages of a run, as the TypeScript engine writes it."""

from pathlib import Path

from nearmiss_torch.files import Appender, Record, atomically, read_jsonl


def open_metrics(path: Path, arm: str, stage: str, done: int) -> Appender:
    """Opens the file to go on after step `done` of one arm's stage: its lines beyond that step are taken out."""
    if path.exists():
        # Opening mends a last line that a kill has cut off, so that the file can be read.
        with Appender(path):
            pass
        lines = [record for _, record in read_jsonl(path)]
        kept = [line for line in lines if _stays(line, arm, stage, done)]
        if len(kept) < len(lines):
            atomically(path, lambda beside: _write(beside, kept))
    return Appender(path)


def _stays(line: Record, arm: str, stage: str, done: int) -> bool:
    return line.get("arm") != arm or line.get("stage") != stage or int(line.get("step", 0)) <= done


def _write(path: Path, records: list[Record]) -> None:
    with Appender(path) as file:
        for record in records:
            file.append(record)
