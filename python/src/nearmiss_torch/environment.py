"""Which of the packages that training needs are there, told without importing any of them."""

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from nearmiss_torch import __version__


@dataclass(frozen=True)
class Environment:
    """What was found."""

    found: dict[str, str]
    """Versions by package."""
    faults: list[str]
    """Each a sentence that says what is wrong."""

    def as_json(self) -> dict[str, object]:
        """For the program that asks."""
        return {"version": __version__, "packages": self.found, "faults": self.faults}


_REQUIREMENT = re.compile(r'^([\w.-]+)>=([\d.]+); extra == "train"$')


def look() -> Environment:
    """Compares what is installed with the floors of this package's extra `train`."""
    found: dict[str, str] = {}
    faults: list[str] = []
    for requirement in requires("nearmiss-torch") or []:
        match = _REQUIREMENT.match(requirement.replace("'", '"'))
        if match is None:
            continue
        name, floor = match[1], match[2]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            faults.append(f"{name} is not installed; {floor} or newer is needed.")
            continue
        if _numbers(found[name]) < _numbers(floor):
            faults.append(f"{name} is {found[name]}; {floor} or newer is needed.")
    return Environment(found, faults)


def _numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: 2.15.0+cu132 as (2, 15, 0)."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in (match[0] if match else "0").split("."))
