"""Torch with one thread: small models gain nothing from more, and forks need it."""

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
# Threads that load weights do not survive a fork.
os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"

import torch

torch.set_num_threads(1)
