"""Made-up results with the shape of real ones: smooth rises, paired luck and an effect of the second scenario."""

from __future__ import annotations

import numpy as np

from krimpsim.core.codes import GAPS, Kind, Part
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.compare import Collector, write_compare, write_summary
from krimpsim.outputs.groups import GROUP_COLUMNS, N_CELLS, by_group
from krimpsim.outputs.manifest import RunLog, write_manifest
from krimpsim.outputs.result import Result
from krimpsim.outputs.store import RunWriter

V = {column.name: i for i, column in enumerate(VILLAGE_COLUMNS)}
P = {column.name: i for i, column in enumerate(PROVIDER_COLUMNS)}
R = {column.name: i for i, column in enumerate(REGION_COLUMNS)}
G = {column.name: i for i, column in enumerate(GROUP_COLUMNS)}
PROVIDERS = tuple(f"thuiszorg_{letter}" for letter in "abcdef")
TITLES = {
    "today": ("Doorgaan zoals nu", "As today"),
    "convenant": ("Samenwerken volgens afspraak (convenant)", "Convenant as intended"),
    "no_cooperation": ("Nooit samenwerken", "No cooperation"),
}
EFFECT = {"today": 0.0, "convenant": -0.12, "no_cooperation": 0.05}
CAVEATS = ["The list of 22 is a reconstruction; Bonnerveen a guess", "before calibration: levels are not credible"]


def make_result(scenario: str = "today", replicate: int = 0, years: int = 28, villages: int = 22) -> Result:
    """Return one replicate; the same replicate has the same luck in every scenario."""
    tables = load_tables()
    luck = np.random.default_rng([7, replicate])
    n = 12 * years
    time = np.arange(n)[:, None] / 336
    size = tables.village_population[:villages].astype(float)[None, :]
    effect = EFFECT[scenario] * np.clip(time * 2, 0, 1)
    drift = np.cumsum(luck.normal(0, 0.01, (n, villages)), axis=0)

    rows = np.zeros((n, villages, len(VILLAGE_COLUMNS)), dtype=np.int64)
    people = size * (1 - 0.1 * time + drift / 10)
    rows[:, :, V["population"]] = people
    for name, share in (("population_65plus", 0.2), ("population_75plus", 0.09), ("heavy_need", 0.02)):
        rows[:, :, V[name]] = people * share * (1 + time)
    for name, share in (("births", 0.0008), ("deaths", 0.0009), ("informal_carers", 0.12), ("volunteers", 0.03)):
        rows[:, :, V[name]] = luck.poisson(people * share)
    gap = np.clip(0.08 + 0.12 * time + drift + effect * (0.6 + 0.8 * luck.random((1, villages))), 0.01, 0.9)
    rows[:, :, V["heavy_need_met"]] = rows[:, :, V["heavy_need"]] * (1 - gap)
    rows[:, :, V["waiting"]] = luck.poisson(people * gap * 0.02)
    rows[:, :, V["carers_heavily_burdened"]] = luck.poisson(people * 0.015 * (1 + time + effect))
    rows[:, :, V["overlap_nights"]] = luck.poisson(6 * (1 + effect * 4), (n, villages))
    minutes = people * 90 * (1 + 0.5 * time)
    shares = [0.25, 0.2, 0.02, 0.03, 0.3]
    for kind in Kind:
        for part in Part:
            share = shares[part] if part not in GAPS else gap / len(GAPS)
            rows[:, :, V[f"minutes_{part.name.lower()}_{kind.name.lower()}"]] = minutes * share / len(Kind)
    for part in Part:
        of_kind = [V[f"minutes_{part.name.lower()}_{kind.name.lower()}"] for kind in Kind]
        rows[:, :, V[f"minutes_{part.name.lower()}"]] = rows[:, :, of_kind].sum(axis=2)
    for kind in Kind:
        of_part = [V[f"minutes_{part.name.lower()}_{kind.name.lower()}"] for part in Part]
        rows[:, :, V[f"minutes_needed_{kind.name.lower()}"]] = rows[:, :, of_part].sum(axis=2)
    rows[:, :, V["minutes_needed"]] = rows[:, :, [V[f"minutes_{part.name.lower()}"] for part in Part]].sum(axis=2)
    gaps = [V[f"minutes_{name}"] for name in ("waiting", "no_provider", "no_budget")]
    rows[:, :, V["minutes_unmet"]] = rows[:, :, gaps].sum(axis=2)
    rows[:, :, V["minutes_informal_given"]] = rows[:, :, V["minutes_informal"]] * 1.7

    providers = luck.integers(0, 500_000, (n, len(PROVIDERS), len(PROVIDER_COLUMNS)))
    providers[:, :, P["is_active"]] = 1
    providers[:, :, P["account_area_eur"]] -= 400_000
    providers[:, :, P["km_night"]] = (2_000_000 * (1 + 3 * effect)).round()
    region = luck.integers(10_000_000, 12_000_000, (n, len(REGION_COLUMNS)))
    for name in R:
        if name.startswith("paid_"):
            region[:, R[name]] = (10_000_000 * (1 + time[:, 0] + effect[:, 0] / 4)).astype(np.int64)
    region[:, R["clause_cost_eur"]] = 0 if scenario != "convenant" else 500_000
    region[:, R["providers_active"]] = luck.integers(4, 7, n)
    region[:, R["villages_without_provider"]] = luck.poisson(2 * (1 + effect[:, 0] * 3))
    cells = np.zeros((n, N_CELLS, len(GROUP_COLUMNS)), dtype=np.int64)
    at_home = np.array([cell // 6 % 3 < 2 for cell in range(N_CELLS)])  # living: alone, together, facility
    for name in ("informal_carers", "carers_heavily_burdened", "minutes_needed", "minutes_unmet"):
        whole = rows[:, :, V[name]].sum(axis=1)
        cells[:, at_home, G[name]] = whole[:, None] // at_home.sum()
    poorest = np.array([cell // 2 % 3 == 0 for cell in range(N_CELLS)]) & at_home
    cells[:, poorest, G["minutes_unmet"]] = cells[:, poorest, G["minutes_unmet"]] * (1 + effect * 2)
    cells[:, at_home, G["needing_care"]] = 40
    names = tables.village_names[:villages]
    return Result(scenario, replicate, 2013 * 12, names, PROVIDERS, rows, providers, region, by_group(cells))


def write_run_set(
    folder, scenarios=("today", "convenant"), replicates=8, years=28, villages=22, clauses=None, survey=None
):
    """Write a finished run-set and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    collector = Collector()
    with RunWriter(folder, "; ".join(CAVEATS)) as writer, RunLog(folder) as log:
        for scenario in scenarios:
            for replicate in range(replicates):
                result = make_result(scenario, replicate, years, villages)
                writer.write(result)
                collector.add(result)
                log.write("replicate", scenario=scenario, replicate=replicate)
    write_summary(folder, collector.series())
    if len(scenarios) > 1:
        write_compare(folder, collector.series())
    entries = [
        {"id": name, "title_nl": TITLES[name][0], "title_en": TITLES[name][1], "run_id": f"{name}-id"}
        | ({"clauses": clauses} if clauses and name != "today" else {})
        | ({"survey": survey} if survey and name != "today" else {})
        for name in scenarios
    ]
    write_manifest(folder, scenarios=entries, replicates=replicates, seed=20130101, caveats=CAVEATS, exit_code=0)
    return folder
