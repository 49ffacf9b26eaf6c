"""The MathVerifier in Python: a judge of worked mathematics by rules alone.

    from nearmiss_torch.verifier import Solution, Verifier

    with Verifier() as verifier:
        (verdict,) = verifier.judge([Solution("Ann has 16 eggs and eats 3. How many are left?", "16 - 3 = 14", "13")])

It asks one long-lived process of the `nearmiss` command (Node 20.19 or newer: `npm install -g nearmiss`). Nothing else is
needed: neither torch nor any other package.
"""

from nearmiss_torch.verifier.records import Answer, Finding, Profile, Solution, Verdict
from nearmiss_torch.verifier.rewards import SCORES, Rubric, reward
from nearmiss_torch.verifier.service import Verifier, VerifierError

__all__ = [
    "SCORES",
    "Answer",
    "Finding",
    "Profile",
    "Rubric",
    "Solution",
    "Verdict",
    "Verifier",
    "VerifierError",
    "reward",
]
