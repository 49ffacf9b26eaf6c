"""Nearmiss on PyTorch: SFT and verifier-weighted DPO under Accelerate, and the MathVerifier in Python.

Importing this package imports neither torch nor any other dependency: take what you need from its modules.
"""

__version__ = "0.1.0"
