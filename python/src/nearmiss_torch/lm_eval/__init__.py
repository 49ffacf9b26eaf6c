"""Tasks for lm-evaluation-harness: give this folder as its `--include_path` (docs/hub.md)."""
