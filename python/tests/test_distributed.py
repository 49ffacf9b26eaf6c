"""Two gloo processes on this machine: DDP, and FSDP, against one process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from accelerate import Accelerator, DistributedType, FullyShardedDataParallelPlugin

from nearmiss_torch import train
from nearmiss_torch.stopping import Stopped
from tests.small import AfterChecks, assert_close, chat, dpo, in_processes, pairs, sft

Work = Callable[[Path], Path]


def unequal(folder: Path) -> Path:
    """All the weight in few of the pairs, and steps of four: the processes' shares are as unlike as can be."""
    return dpo(folder, pairs=pairs(chat, [9, 0.1, 0.1, 0.5]), batchSize=4, sftWeight=0.3)


def sharded() -> Accelerator:
    """Accelerate offers FSDP on accelerators alone; its own code for it runs on gloo when it is told so."""
    accelerator = Accelerator(cpu=True)
    accelerator.state.distributed_type = DistributedType.FSDP
    accelerator.state.fsdp_plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2, auto_wrap_policy="transformer_based_wrap", cpu_ram_efficient_loading=False
    )
    return accelerator


@pytest.mark.parametrize("work", [sft, dpo, unequal], ids=["sft", "dpo", "unequal weights"])
def test_two_processes_equal_one(tmp_path: Path, work: Work) -> None:
    one = work(tmp_path / "one")
    assert in_processes(2, lambda: work(tmp_path / "two")) == [0, 0]
    assert_close(tmp_path / "two", one, 1e-5)


def test_one_example_a_step_leaves_a_process_idle(tmp_path: Path) -> None:
    one = sft(tmp_path / "one", batchSize=1, maxSteps=3)
    assert in_processes(2, lambda: sft(tmp_path / "two", batchSize=1, maxSteps=3)) == [0, 0]
    assert_close(tmp_path / "two", one, 1e-5)


def test_stopped_in_two_processes_it_goes_on_in_one(tmp_path: Path) -> None:
    whole = dpo(tmp_path / "whole")

    def stopped() -> None:
        with pytest.raises(Stopped):
            dpo(tmp_path / "cut", stop=AfterChecks(14))

    assert in_processes(2, stopped) == [0, 0]
    assert list((tmp_path / "cut" / "checkpoints").glob("checkpoint-*.json"))
    assert_close(dpo(tmp_path / "cut"), whole, 1e-5)


def test_fsdp_shards_and_equals_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = dpo(tmp_path / "one")

    def work() -> None:
        from torch.distributed.tensor import DTensor

        prepare = train.prepare
        monkeypatch.setattr(train, "start", sharded)

        def checked(*arguments: object) -> object:
            machine = prepare(*arguments)  # type: ignore[arg-type]
            assert all(isinstance(parameter, DTensor) for parameter in machine.model.parameters())
            return machine

        monkeypatch.setattr(train, "prepare", checked)
        with pytest.raises(Stopped):
            dpo(tmp_path / "two", stop=AfterChecks(14))
        dpo(tmp_path / "two")

    assert in_processes(2, work) == [0, 0]
    assert_close(tmp_path / "two", one, 1e-5)
