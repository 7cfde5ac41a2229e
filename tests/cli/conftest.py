"""The command line with its parts replaced, and what it printed."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest


@pytest.fixture
def machinery(monkeypatch):
    """Stand in for the modules that run the model and write reports; return the calls that reach them."""
    calls = []

    def run_scenarios(configs, *, replicates, jobs, out, on_progress, force, vary=None):
        calls.append(
            types.SimpleNamespace(configs=configs, replicates=replicates, jobs=jobs, out=out, progress=on_progress)
        )
        folder = out or Path("results/now")
        folder.mkdir(parents=True)
        rows = "indicator,year,unit,mean\nunmet_hours,2014,h/week,3.5\nother,2014,1,2\nwaiting,2014,persons,7\n"
        (folder / "summary.csv").write_text(rows, encoding="utf-8")
        if len(configs) > 1:
            (folder / "compare.csv").write_text("indicator,year,a,b\nwaiting,2014,x,y\n", encoding="utf-8")
        return folder

    def put(name, **members):
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    put("krimpsim.report")
    put("krimpsim.report.build", build_report=lambda folder, show: folder / "report.html")
    put(
        "krimpsim.report.tables",
        print_summary=lambda folder, console: console.print("SUMMARY"),
        print_comparison=lambda folder, console: console.print("COMPARISON"),
    )

    def write_stories(folder, configs, number, lang):
        (folder / f"stories.{lang}.md").write_text(f"{number} LIVES OF {len(configs)}\n", encoding="utf-8")
        return folder / f"stories.{lang}.md"

    put("krimpsim.report.stories", write_stories=write_stories)
    module = put("krimpsim.run", run_scenarios=run_scenarios)
    return types.SimpleNamespace(calls=calls, module=module)
