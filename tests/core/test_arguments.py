"""What may be asked of a run: Python and the command line refuse the same, with the same words."""

import sys
from pathlib import Path

import numpy as np
import pytest

import krimpsim
from krimpsim import cli, load_config, read_results
from krimpsim.core import arguments
from krimpsim.core.errors import UsageError
from krimpsim.model import KrimpModel

ROOT = Path(__file__).resolve().parents[2]
TINY = str(ROOT / "configs" / "examples" / "tiny.toml")
MONTH = {"run.end": "2013-01-31"}


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return what the command line says on standard error, on one line, when it refuses a command."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["krimpsim", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == 2
        err = capsys.readouterr().err
        plain = "".join(" " if "\u2500" <= c <= "\u257f" or c == "\n" else c for c in err)  # without the box around it
        return " ".join(plain.split())

    return call


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [("-n", "replicates", 0), ("-n", "replicates", -1), ("-n", "replicates", 10_001), ("-j", "jobs", 0),
     ("-j", "jobs", -2), ("-j", "jobs", 5000)],
)  # fmt: skip
def test_python_and_the_command_line_refuse_with_the_same_words(said, tmp_path, option, name, value):
    with pytest.raises(UsageError) as caught:
        krimpsim.run(TINY, out=tmp_path / "out", **{name: value})
    assert str(caught.value).startswith(f"{name}: got {value}, allowed is a whole number from 1 to ")
    assert str(caught.value) in said("run", TINY, option, str(value))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", [arguments.replicates, arguments.jobs, arguments.replicate])
@pytest.mark.parametrize("value", [1.5, 1.0, "1", True, np.True_, None, [1], np.float64(1), -1, 2**40])
def test_only_whole_numbers_in_range_are_taken(check, value):
    with pytest.raises(ValueError, match=f"^{check.__name__.rstrip('s')}s?: got .*, allowed is a whole number from "):
        check(value)


@pytest.mark.parametrize("value", [1, np.int64(1), np.uint8(1)])
def test_whole_numbers_of_numpy_are_whole_numbers(value):
    for check in (arguments.replicates, arguments.jobs, arguments.replicate):
        assert check(value) == 1
        assert type(check(value)) is int


@pytest.mark.parametrize("value", [-1, 1.5, "0", True, None, 2**31])
def test_a_model_takes_the_number_of_a_replicate_only(value):
    with pytest.raises(UsageError, match=r"replicate: got .*, allowed is a whole number from 0 to 2147483647"):
        KrimpModel(TINY, replicate=value)


@pytest.mark.parametrize("config", [None, {}, 3, "", Path(), b"x.toml", ["a.toml"], str(ROOT), "none.toml"])
def test_what_is_no_configuration_is_refused_in_a_line(config, tmp_path):
    for call in (load_config, KrimpModel, lambda one: krimpsim.run(one, out=tmp_path / "out")):
        with pytest.raises(UsageError) as caught:
            call(config)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("overrides", [["run.seed"], "run.seed=7", 7])
def test_overrides_are_a_mapping(overrides):
    with pytest.raises(UsageError, match=r"overrides: got .*, allowed is a mapping such as \{'run.seed': 7\}"):
        load_config(TINY, overrides)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    config = load_config(TINY, {"run.end": load_config(TINY).run.start.replace(day=31)})
    return krimpsim.run(config, replicates=1, jobs=1, out=str(tmp_path_factory.mktemp("run") / "text"))


def test_a_folder_may_be_given_as_text(folder):
    assert (folder / "manifest.json").is_file()


@pytest.mark.parametrize("out", ["", "  ", "\0"])
def test_a_folder_without_a_name_is_refused(out):
    with pytest.raises(UsageError, match="--out"):
        krimpsim.run(TINY, replicates=1, jobs=1, out=out)


@pytest.mark.parametrize("table", ["villages", "providers", "flows", "region", "groups"])
def test_results_are_wide_and_every_table_can_be_tidy(folder, table):
    wide, long = read_results(folder, table), read_results(folder, table, tidy=True)
    assert {kind.itemsize for kind in wide.dtypes if getattr(kind, "kind", "O") in "iuf"} == {8}
    columns = [name for name in wide.columns if name not in long.columns and name != "value"]
    assert len(long) == len(wide) * len(columns)
    assert str(long["value"].dtype) == "float64"
    assert long["value"].sum() == pytest.approx(wide[columns].to_numpy(dtype=float).sum())
    assert ("group_value" in long.columns) == (table == "groups")


@pytest.mark.parametrize(
    ("more", "said"),
    [({"table": "village"}, "table: got 'village', allowed is one of villages, "),
     ({"table": None}, "table: got None"), ({"columns": "births"}, r"columns: got 'births', allowed is a list"),
     ({"columns": 3}, "columns: got 3")],
)  # fmt: skip
def test_results_that_do_not_exist_are_refused(folder, more, said):
    with pytest.raises(UsageError, match=said):
        read_results(folder, **more)


def test_no_columns_leaves_the_keys(folder):
    assert list(read_results(folder, columns=[]).columns) == ["scenario", "replicate", "month", "village"]


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_told(monkeypatch, capsys, word):
    monkeypatch.setattr(sys, "argv", ["krimpsim", word])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert (caught.value.code or 0, capsys.readouterr().out) == (0, f"krimpsim {krimpsim.__version__}\n")
