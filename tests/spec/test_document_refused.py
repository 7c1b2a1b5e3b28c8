"""What is not plain data is refused, with what is wrong and where."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.document import MAX_DEPTH, parse

FILE = "spec.yaml"


def refused(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse(text, FILE)
    return str(caught.value)


REFUSED = {
    "python object": (
        "!!python/object/apply:os.system [ls]",
        (
            "1:1: EW203 tag '!!python/object/apply:os.system' is not allowed here"
            "\n  hint: remove it: only plain data is read"
        ),
    ),
    "python object as scalar": (
        "a: !!python/name:os.system ''",
        (
            "1:4: EW203 tag '!!python/name:os.system' is not allowed here"
            "\n  hint: remove it: only plain data is read"
        ),
    ),
    "python object as key": (
        "a: 1\n!!python/name:os.system b: 1",
        (
            "2:1: EW203 tag '!!python/name:os.system' is not allowed here"
            "\n  hint: remove it: only plain data is read"
        ),
    ),
    "tag of its own": (
        "[!Ref x]",
        "1:2: EW203 tag '!Ref' is not allowed here\n  hint: remove it: only plain data is read",
    ),
    "set": (
        "!!set {a, b}",
        "1:1: EW203 tag '!!set' is not allowed here\n  hint: remove it: only plain data is read",
    ),
    "binary": (
        '!!binary "aGk="',
        "1:1: EW203 tag '!!binary' is not allowed here\n  hint: remove it: only plain data is read",
    ),
    "tag that does not fit": (
        "!!int twelve",
        "1:1: EW203 tag '!!int' is not allowed here\n  hint: remove it: only plain data is read",
    ),
    "two documents": (
        "a: 1\n---\nb: 2",
        "2:1: EW201 not valid YAML: expected a single document in the stream: but found another document",
    ),
    "unclosed list": (
        "a: [1,\n",
        "2:1: EW201 not valid YAML: while parsing a flow node: did not find expected node content",
    ),
    "unclosed mapping": (
        "a: {b: 1\n",
        "2:1: EW201 not valid YAML: while parsing a flow mapping: did not find expected ',' or '}'",
    ),
    "unclosed quote": (
        "a: 'x",
        "1:6: EW201 not valid YAML: while scanning a quoted scalar: found unexpected end of stream",
    ),
    "tab as indentation": (
        "a:\n\tb: 1",
        (
            "2:1: EW201 not valid YAML: while scanning for the next token: found character"
            " that cannot start any token"
            "\n  hint: indent with spaces, and quote text that starts with a special character"
        ),
    ),
    "reserved character": (
        "time_format: %d %b",
        (
            "1:14: EW201 not valid YAML: while scanning for the next token: found character"
            " that cannot start any token"
            "\n  hint: indent with spaces, and quote text that starts with a special character"
        ),
    ),
    "colon in text": (
        "a: b: c",
        (
            "1:5: EW201 not valid YAML: mapping values are not allowed in this context"
            "\n  hint: quote text that contains ': '"
        ),
    ),
    "unknown alias": ("a: *b", "1:4: EW201 not valid YAML: found undefined alias"),
    "NUL": (
        "a: 1\nb: x\x00y",
        (
            "2:5: EW201 not valid YAML: the character U+0000 is not allowed"
            '\n  hint: write it as "\\x00", in double quotes'
        ),
    ),
    "bell in quotes": (
        "a: 'é\x07'",
        (
            "1:6: EW201 not valid YAML: the character U+0007 is not allowed"
            '\n  hint: write it as "\\x07", in double quotes'
        ),
    ),
    "delete": (
        "\x7f",
        (
            "1:1: EW201 not valid YAML: the character U+007F is not allowed"
            '\n  hint: write it as "\\x7f", in double quotes'
        ),
    ),
    "half a surrogate pair": (
        "a: \ud800",
        "1:4: EW201 not valid YAML: the character U+D800 is not allowed\n  hint: remove it",
    ),
    "escaped half of a surrogate pair": (
        'a: "\\ud800"',
        (
            "1:7: EW201 not valid YAML: while parsing a quoted scalar: found invalid Unicode"
            " character escape code"
        ),
    ),
    "duplicate key": (
        "a: 1\nb: 2\na: 3",
        "3:1: EW202 key 'a' is given twice\n  hint: first given at spec.yaml:1:1",
    ),
    "duplicate nested key": (
        "x: [{a: 1, a: 2}]",
        "1:12: EW202 key 'a' is given twice\n  hint: first given at spec.yaml:1:6",
    ),
    "duplicate in other spelling": (
        "1: a\n'1': b",
        "2:1: EW202 key '1' is given twice\n  hint: first given at spec.yaml:1:1",
    ),
    "key that is a list": ("? [a]\n: 1", "1:3: EW206 a key must be text\n  hint: quote it"),
    "alias inside its anchor": (
        "a: &a [1, *a]",
        "1:4: EW204 an alias stands inside its own anchor\n  hint: write the value out",
    ),
    "alias merged into its anchor": (
        "a: &a {<<: *a}",
        "1:4: EW204 an alias stands inside its own anchor\n  hint: write the value out",
    ),
    "merge of a number": ("m: {<<: 5}", "1:9: EW203 '<<' takes a mapping or a list of mappings"),
    "merge of numbers": (
        "m: {<<: [{}, 5]}",
        "1:14: EW203 '<<' takes a mapping or a list of mappings",
    ),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_plain_data_is_refused_at_its_place(text: str, message: str) -> None:
    assert refused(text) == f"{FILE}:{message}"


def test_all_faults_of_a_text_are_told_at_once() -> None:
    assert refused("a: 1\na: 2\nb: !x y\n? [c]\n: 1").count(FILE) == 4


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")], ids=repr)
def test_nesting_has_a_limit(opening: str, closing: str) -> None:
    def nested(times: int) -> str:
        return opening * times + "1" + closing * times

    assert parse(nested(MAX_DEPTH), FILE).value
    for times in (MAX_DEPTH + 1, 1000):
        message = refused(nested(times))
        assert re.fullmatch(
            rf"{FILE}:1:\d+: EW205 nested deeper than {MAX_DEPTH} levels\n  hint: flatten the value", message
        )


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "], ids=repr)
def test_the_stack_survives_a_hundred_thousand_levels(opening: str) -> None:
    # In a process of its own: what is tested against is a crash of the interpreter.
    program = (
        "from ecoscope_workflows.errors import SpecError\n"
        "from ecoscope_workflows.spec.document import parse\n"
        f"try: parse({opening!r} * 100_000, 'f')\n"
        "except SpecError as error: print(error.problems[0].code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "EW205\n")


def test_aliases_that_unfold_into_billions_of_values_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "EW205 aliases repeat more than 100,000 values" in refused("\n".join(lines))
