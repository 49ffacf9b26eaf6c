"""Texts to tokens, as transformers (and so the TypeScript package) has them, and bad input."""

import json
from pathlib import Path

import pytest

from nearmiss_torch.errors import NearmissError
from nearmiss_torch.examples import Encoder, Text, encode, read_pairs, read_sft
from nearmiss_torch.recipe import DpoOptions, SharedOptions, load_recipe
from tests.small import DPO_OPTIONS, FIXTURES, OPTIONS, chat, pairs, recipe, write_jsonl


@pytest.mark.parametrize("name", ["qwen2", "llama", "llama-bias"])
def test_texts_and_prompts_have_the_ids_of_transformers(name: str) -> None:
    encoder = Encoder(FIXTURES / name)
    expected = json.loads((FIXTURES / name / "expected.json").read_text("utf-8"))
    for row in expected["texts"]:
        assert encoder.encode(row["text"]) == row["ids"]
    for row in expected["prompts"]:
        assert encoder.encode_prompt(row["text"]) == row["ids"]


def test_what_is_too_long_is_dropped_or_cut_as_a_whole() -> None:
    encoder = Encoder(FIXTURES / "qwen2")
    texts = [Text("short", "1", ("2", "3"), 1.0), Text("long", "1", ("2", "4 + " * 40), 1.0)]
    options = {**OPTIONS, "maxLength": 20}
    examples, dropped = encode(texts, encoder, SharedOptions(**options))
    assert [example.id for example in examples] == ["short"]
    assert dropped == ["long"]
    assert examples[0].completions[0][-1] == encoder.end_id
    cut, _ = encode(texts, encoder, SharedOptions(**{**options, "overLong": "truncate"}))
    assert len(cut[1].prompt) + len(cut[1].completions[1]) == 20
    assert cut[1].completions[1][-1] != encoder.end_id


def test_a_rejected_completion_is_taken_whole_or_to_its_first_wrong_step_or_that_step_alone() -> None:
    encoder = Encoder(FIXTURES / "qwen2")
    right, wrong, rest = "\N{CYCLONE} 1 + 1 = 2\n", "2 + 2 = 5", "\nThe answer is: 5"
    start = len(right) + 1  # The cyclone has two UTF-16 units.
    text = Text("x", "1", ("2", right + wrong + rest), 1.0, (start, start + len(wrong)))
    found = {}
    for part in ("whole", "untilError", "error"):
        options = DpoOptions(**{**OPTIONS, **DPO_OPTIONS, "rejectedPart": part})
        ((example,), _) = encode([text], encoder, options)
        assert example.completions[0][-1] == encoder.end_id
        completion, count = list(example.completions[1]), example.predicted[1]
        found[part] = (completion, completion[-count:])
    whole = [*encoder.encode(right + wrong + rest), encoder.end_id]
    until = encoder.encode(right + wrong)
    assert found == {
        "whole": (whole, whole),
        "untilError": (until, until),
        "error": (until, encoder.encode(wrong)),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"pairs\.jsonl:2: this is not JSON"),
        ("[1]", r"pairs\.jsonl:2: expected a JSON object, found list"),
        ('{"weight": 1, "problemId": "p"}', r"pairs\.jsonl:2: rejectedSource is None; expected a text"),
        ('{"weight": 0}', r"pairs\.jsonl:2: weight is 0; expected a number above 0"),
        ('{"weight": NaN}', r"pairs\.jsonl:2: weight is nan"),
        (
            '{"weight": 1, "problemId": "p", "rejectedSource": "s", "prompt": "1", "chosen": "2", "rejected": "3", '
            '"firstError": {"start": 3, "end": 3}}',
            r"pairs\.jsonl:2: firstError is .*; expected a span within .rejected., 0 <= start < end <= 1",
        ),
    ],
)
def test_bad_rows_are_named_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    path = write_jsonl(tmp_path / "pairs.jsonl", pairs(chat)[:1])
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(NearmissError, match=message):
        read_pairs(path)


def test_a_missing_file_or_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(NearmissError, match=r"Cannot read .*none\.jsonl: No such file"):
        read_sft(tmp_path / "none.jsonl")
    with pytest.raises(NearmissError, match=r"tokenizer\.json is missing"):
        Encoder(tmp_path)


def test_a_recipe_is_read_and_its_faults_are_named(tmp_path: Path) -> None:
    path = recipe(tmp_path / "recipe.yaml", FIXTURES / "qwen2", batchSize=7)
    assert load_recipe(path).dpo.batchSize == 7
    path.write_text(path.read_text("utf-8").replace("batchSize: 7", "batchSize: seven"), "utf-8")
    with pytest.raises(NearmissError, match=r"sft\.batchSize is 'seven'.*run folder"):
        load_recipe(path)
    path.write_text("a: [", "utf-8")
    with pytest.raises(NearmissError, match="is not YAML"):
        load_recipe(path)
