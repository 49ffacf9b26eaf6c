"""The order of the data, and who computes what."""

from nearmiss_torch.plan import deal, plan_steps
from nearmiss_torch.recipe import SharedOptions
from nearmiss_torch.schedule import learning_rate_at
from nearmiss_torch.streams import shuffled, stream
from tests.small import OPTIONS


def options(**changes: object) -> SharedOptions:
    return SharedOptions(**{**OPTIONS, **changes})


def test_streams_are_those_of_the_typescript_package() -> None:
    draw = stream(7, "order", 0)
    assert [draw(), draw(), draw()] == [0.9221263697836548, 0.6379715187940747, 0.6810032112989575]
    assert shuffled(range(12), stream(7, "order", 0)) == [10, 5, 4, 0, 9, 1, 8, 2, 3, 6, 7, 11]
    assert stream(0, 'café "x" 😀', 3)() == 0.20817734976299107


def test_every_epoch_meets_every_example_once_and_drops_none() -> None:
    steps = plan_steps(12, options())
    assert [len(step.examples) for step in steps] == [5, 5, 2, 5, 5, 2]
    for epoch in (steps[:3], steps[3:]):
        assert sorted(i for step in epoch for i in step.examples) == list(range(12))
    assert steps[0].examples != steps[3].examples
    assert [step.epoch for step in steps] == [5 / 12, 10 / 12, 1, 1 + 5 / 12, 1 + 10 / 12, 2]
    assert len(plan_steps(12, options(maxSteps=5))) == 5
    assert plan_steps(0, options()) == []


def test_one_process_cuts_by_falling_length_at_the_budget() -> None:
    assert deal([0, 1, 2, 3, 4], [3, 9, 4, 30, 4], 12, 1) == [[[3], [1], [2, 4, 0]]]


def test_processes_share_a_step_and_make_as_many_passes() -> None:
    lengths = [40, 10, 11, 12, 39, 8, 9]
    for processes in (2, 3, 8):
        shares = deal(range(7), lengths, 30, processes)
        assert len({len(share) for share in shares}) == 1
        assert sorted(i for share in shares for batch in share for i in batch) == list(range(7))
    one, other = deal(range(7), lengths, 30, 2)
    load = [sum(lengths[i] for batch in share for i in batch) for share in (one, other)]
    assert abs(load[0] - load[1]) <= 10


def test_the_schedule_warms_up_and_falls_to_its_floor() -> None:
    rates = [learning_rate_at(step, 10, options()) for step in range(10)]
    assert rates[:3] == [0.002 / 3, 0.004 / 3, 0.002]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert learning_rate_at(10, 10, options()) == 0.002 * 0.1
