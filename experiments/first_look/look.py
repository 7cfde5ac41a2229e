"""A first look at the real model, before calibration: screening, spread, Sobol' indices, tables and figures.

    python experiments/first_look/look.py [-j 2]

Runs what is missing of ``screening.toml`` and ``spread.toml``, chooses the factors that go on, writes ``sobol.toml``
with them and runs it too.  Tables and figures go to ``results/first_look``; ``README.md`` beside this file says what
came out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from scipy.stats import norm, spearmanr, t

from krimpsim.config.declarations import declared
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import DataError
from krimpsim.experiments.analysis import factors_of, samples_of
from krimpsim.experiments.designs import F64
from krimpsim.experiments.keys import key_path
from krimpsim.experiments.plan import read_plan, store_folder
from krimpsim.experiments.responses import Responses, read_responses
from krimpsim.experiments.screening import morris_effects
from krimpsim.experiments.sensitivity import sobol_convergence, sobol_indices, unsettled
from krimpsim.experiments.store import Store
from krimpsim.report.figures import COLOUR_B, COLOUR_DIFFERENCE, GRID, INK, SOFT
from krimpsim.report.sensitivity_figures import factor_words

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "results" / "first_look"
OUTCOMES = {  # words, unit, divisor for tables that people read
    "unmet": ("unmet care", "hours of every 100 needed", 1.0),
    "burdened": ("heavily burdened carers", "persons", 1.0),
    "gone": ("providers that left or failed", "2013-2030", 1.0),
    "cost": ("cost to payers", "1000 EUR a year", 1000.0),
}
SIDES = {"today": "as today", "difference": "convenant minus today"}
SURVIVORS = 4
BEYOND_LUCK = 2.0  #: a factor counts in a question when mu* is so many times what luck alone would give
BARS = ((COLOUR_DIFFERENCE, "with others (ST)"), (COLOUR_B, "alone (S1)"))
ONE_JUMP = 0.9  #: of the most that sigma / mu* can be: then one trajectory alone made the effect, by a tipping point
STEP = 2 / 3  #: of the range: what a trajectory of four levels moves a factor
ROWS = 18  #: factors in the figure of the screening
BASE_POINTS = 128
MOST_LUCK = 0.5  #: with more luck than this in the means, indices are shown pale


def main() -> None:
    """Run what is missing, and write every table and figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", "--jobs", default="2", help="processes")
    parser.add_argument("--skip-sobol", action="store_true", help="leave out the Sobol' indices, the longest part")
    jobs, skip_sobol = (vars(parser.parse_args())[name] for name in ("jobs", "skip_sobol"))
    OUT.mkdir(parents=True, exist_ok=True)
    found = {name: done(HERE / f"{name}.toml", jobs) for name in ("screening", "spread")}
    effects = screened(found["screening"], found["spread"])
    factors = ranked(effects)
    survivors = factors["factor"].head(SURVIVORS).tolist()
    file = HERE / "sobol.toml"
    wanted = sobol_file(survivors)
    if not file.exists() or file.read_text() != wanted:
        say(f"{file.name} is written anew: the screening chooses {', '.join(survivors)}")
        file.write_text(wanted)
    signs, links = spread_tables(found["spread"], survivors)
    tables = {"screening": effects, "factors": factors, "spread": signs, "spread_links": links}
    if not skip_sobol:
        found["sobol"] = done(file, jobs)
        tables["sobol"] = sobol_table(found["sobol"])
    tables["runs"] = pd.DataFrame([identity(name, one) for name, one in found.items()])
    for name, table in tables.items():
        table.to_csv(OUT / f"{name}.csv", index=False, float_format="%.4g")
    with mpl.rc_context({"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.edgecolor": SOFT}):
        save(screening_figure(effects, factors), "screening")
        if "sobol" in tables:
            save(sobol_figure(tables["sobol"]), "sobol")
        save(spread_figure(found["spread"], signs), "spread")
    say(tables["runs"].to_string(index=False))


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


def done(file: Path, jobs: str) -> Responses:
    """Compute what is missing of an experiment, and return its responses."""
    subprocess.run([sys.executable, "-m", "krimpsim", "sweep", "run", str(file), "-j", jobs], check=True)
    return read_responses(file, allow_failed=True)


def answers(found: Responses) -> dict[tuple[str, str], F64]:
    """Return the responses of every question: an outcome as today, or what the convenant changes in it, in pairs."""

    def of(scenario: str, name: str) -> F64:
        if name != "gone":
            return found.responses[scenario, name]
        yearly = found.responses[scenario, "exits"] + found.responses[scenario, "failures"]
        return 12 * yearly  # a sum over years is one of monthly means

    return {
        (name, side): of("today", name) if side == "today" else of("convenant", name) - of("today", name)
        for side in SIDES
        for name in OUTCOMES
    }


def screened(found: Responses, spread: Responses) -> pd.DataFrame:
    """Return the elementary effects of every question, and the weight of each factor in it.

    One replicate of the screening cannot tell luck from effect, so the size of luck comes from the replicates of the
    spread.  A factor that touches little leaves most luck common, so for it this is too much rather than too little.
    Where providers are about to fail, whatever moves at that step makes them: such an effect of one trajectory alone
    is kept in the table, and gives no weight.
    """
    tables = []
    replicated = answers(spread)
    for (name, side), y in answers(found).items():
        table = morris_effects(factors_of(found), samples_of(found, y)[0], outcome=f"{name} {side}")
        own = own_luck(replicated[name, side]) / y.shape[1]
        table["mu_star_by_luck"] = np.sqrt(2 / np.pi) * np.sqrt(2 * own) / STEP  # mean size of a normal draw
        trajectories = len(y) // (len(found.factors) + 1)
        table["is_one_jump"] = table["sigma"] > ONE_JUMP * np.sqrt(trajectories) * table["mu_star"]
        beyond = (table["mu_star"] > BEYOND_LUCK * table["mu_star_by_luck"]) & ~table["is_one_jump"]
        square = (table["mu_star"] ** 2 - table["mu_star_by_luck"] ** 2).where(beyond, 0.0)
        table["weight"] = square / square.sum() if square.sum() else 0.0
        front = table.drop(columns="outcome")
        front.insert(0, "outcome", name)
        front.insert(1, "side", side)
        tables.append(front.sort_values("mu_star", ascending=False, kind="stable"))
    kept = ["outcome", "side", "factor", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "mu_star_by_luck"]
    return pd.concat(tables, ignore_index=True)[[*kept, "is_one_jump", "weight", "failed_rows"]]


def own_luck(y: F64) -> float:
    """Return the variance of a run about the mean of its point, less what is the same in all points of a replicate."""
    y = y[~np.isnan(y).any(axis=1)]
    away = y - y.mean(axis=1, keepdims=True)
    return float(away.var(axis=0).sum() / (y.shape[1] - 1))


def ranked(effects: pd.DataFrame) -> pd.DataFrame:
    """Return one row per factor: weight over all questions and in each, and how well the number is known."""
    weights = effects.pivot_table(index="factor", columns=["outcome", "side"], values="weight", sort=False)
    still = set(weights.index) - set(effects.loc[effects["mu_star"] > 0, "factor"])
    rows = []
    for factor in weights.index.astype(str):
        of_factor = weights.loc[factor]
        field, _ = declared(RunConfig, key_path(factor, {}))
        extra: Any = field.json_schema_extra if field is not None else {}
        source = str(extra["x-source"])
        ends: Any = extra["x-range"]
        row: dict[str, Any] = {"factor": factor, "weight": of_factor.mean(), "never_moved_anything": factor in still}
        row |= {
            "source": source.split(":")[0],
            "default": getattr(field, "default", None),
            "low": ends[0],
            "high": ends[1],
        }
        row |= {f"{name}_{side}": of_factor[name, side] for side in SIDES for name in OUTCOMES}
        rows.append(row | {"why": source.split(":", 1)[-1].strip()})
    return pd.DataFrame(rows).sort_values(["weight", "factor"], ascending=[False, True], ignore_index=True)


def sobol_file(survivors: list[str]) -> str:
    """Return the experiment file of the Sobol' indices: that of the screening with other factors and design."""
    text = (HERE / "screening.toml").read_text()
    head = text[text.index("schema = 1") :].replace("first_look_screening", "first_look_sobol")
    head = head.replace(
        "which of all uncertain parameters matter in 2030?", "how much do a few parameters explain in 2030?"
    )
    head = head.replace("replicates = 1", "replicates = 2")  # luck is taken out of the indices
    before, after = head.split('[[factors]]\nkey = "all uncertain"\n')
    after = after[after.index("[[indicators]]") :]
    factors = "\n".join(f'[[factors]]\nkey = "{factor}"\n' for factor in survivors)
    comment = "# BEFORE CALIBRATION.  Written by look.py: Sobol' indices of the factors that the screening chose.\n"
    return f'{comment}{before}{factors}\n[design]\nkind = "sobol"\nn = {BASE_POINTS}\nseed = 1\n\n{after}'


def sobol_table(found: Responses) -> pd.DataFrame:
    """Return the indices of every question; questions in which nothing varies beyond luck are left out."""
    tables = []
    for (name, side), y in answers(found).items():
        factors, samples = factors_of(found), samples_of(found, y)
        try:
            table = sobol_indices(factors, samples, outcome=name)[0].drop(columns="outcome")
            reasons = unsettled(sobol_convergence(factors, samples, outcome=name))
        except DataError as error:  # nothing varies beyond luck
            say(f"{SIDES[side]}: {error}")
            continue
        say(f"{name}, {SIDES[side]}: {'; '.join(reasons) or 'settled'}")
        table.insert(0, "outcome", name)
        table.insert(1, "side", side)
        tables.append(table.sort_values("ST", ascending=False, kind="stable"))
    kept = ["outcome", "side", "factor", "S1", "S1_low", "S1_high", "ST", "ST_low", "ST_high", "ST_plain"]
    return pd.concat(tables, ignore_index=True)[[*kept, "noise_share", "noise_left", "N", "R", "runs", "failed_rows"]]


def spread_tables(found: Responses, survivors: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the spread of every question when all factors vary at once, and which single factors go with it."""
    keys = [factor.key for factor in found.factors]
    rows, links = [], []
    for (name, side), y in answers(found).items():
        whole = ~np.isnan(y).any(axis=1)
        y, x = y[whole] / OUTCOMES[name][2], found.unit[whole]
        mean, points = y.mean(axis=1), len(y)
        luck = y.var(axis=1, ddof=1).mean()
        half = t.ppf(0.975, points - 1) * mean.std(ddof=1) / np.sqrt(points)
        row = {"outcome": name, "side": side, "unit": OUTCOMES[name][1], "points": points, "replicates": y.shape[1]}
        row |= {"mean": mean.mean(), "low": mean.mean() - half, "high": mean.mean() + half}
        row |= dict(zip(("p5", "median", "p95"), np.percentile(mean, (5, 50, 95)), strict=True))
        if side == "difference":
            row |= {"better": (mean < 0).mean(), "worse": (mean > 0).mean()}
            row |= {"better_in_both": (y < 0).all(axis=1).mean(), "worse_in_both": (y > 0).all(axis=1).mean()}
        signal = max(mean.var(ddof=1) - luck / y.shape[1], 0.0)
        row["noise_share"] = luck / (luck + signal) if luck + signal else np.nan
        row["explained"] = explained(x[:, [keys.index(key) for key in survivors]], mean, luck / y.shape[1])
        rows.append(row)
        if not np.ptp(mean):
            continue
        found_rho = np.array([spearmanr(x[:, k], mean).statistic for k in range(len(keys))])
        sure = norm.ppf(1 - 0.025 / len(keys)) / np.sqrt(points - 1)  # of all factors together, one in twenty by chance
        links += [
            {"outcome": name, "side": side, "factor": keys[k], "rho": found_rho[k], "is_survivor": keys[k] in survivors}
            for k in np.argsort(-np.abs(found_rho), kind="stable")
            if abs(found_rho[k]) > sure
        ]
    return pd.DataFrame(rows), pd.DataFrame(links, columns=["outcome", "side", "factor", "rho", "is_survivor"])


def explained(x: F64, mean: F64, luck: float) -> float:
    """Return the share of the variance of the mean response that a straight fit on some factors holds."""
    points, factors = x.shape
    design = np.column_stack([np.ones(points), x])
    left = mean - design @ np.linalg.lstsq(design, mean, rcond=None)[0]
    signal = mean.var(ddof=1) - luck
    return float((mean.var(ddof=1) - np.square(left).sum() / (points - factors - 1)) / signal) if signal > 0 else np.nan


def identity(name: str, found: Responses) -> dict[str, Any]:
    """Return what identifies the runs of an experiment, and what they took."""
    store = Store(store_folder(found.asked))
    plan = read_plan(store.folder, found.plan)
    table = store.runs(plan.columns, plan.facts.level).to_pandas()
    table = table[table["run_id"].isin(set(plan.positions))]  # another design may have left runs there
    return {
        "experiment": name,
        "design_hash": found.plan,
        "sources": plan.facts.sources[:12],
        "data": plan.facts.data[:12],
        "factors": len(found.factors),
        "points": len(found.unit),
        "runs": len(table),
        "failed": int((table["status"] != "ok").sum()),
        "core_minutes": table["seconds"].sum() / 60,
    }


# --- figures ----------------------------------------------------------------------------------------------------


def save(figure: Figure, name: str) -> None:
    """Write a figure as PNG."""
    FigureCanvasAgg(figure)
    figure.savefig(OUT / f"{name}.png", dpi=110, metadata={"Software": None}, facecolor="white")


def heading(figure: Figure, dutch: str, english: str) -> None:
    """Write the titles; every figure says that nothing is calibrated."""
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.12 / height, dutch, fontsize=13, fontweight="bold", va="top")
    figure.text(0.02, 1 - 0.40 / height, english, fontsize=9.5, color=SOFT, va="top")
    figure.text(
        0.98,
        1 - 0.14 / height,
        "VÓÓR IJKING · BEFORE CALIBRATION",
        color="#a11d2b",
        fontweight="bold",
        ha="right",
        va="top",
    )


def footnote(figure: Figure, text: str, left: float = 0.02) -> None:
    """Write a note under a figure."""
    lines = "\n".join(textwrap.wrap(text, 150))
    figure.text(left, 0.1 / figure.get_figheight(), lines, fontsize=8, color=SOFT, va="bottom")


def column_words(name: str) -> str:
    """Return an outcome as the head of a column."""
    words, unit, _ = OUTCOMES[name]
    return "\n".join([*textwrap.wrap(words, 18), *textwrap.wrap(f"({unit})", 18)])


def screening_figure(effects: pd.DataFrame, factors: pd.DataFrame) -> Figure:
    """Return the table of mu* of the heaviest factors in every question, darker where it is larger."""
    rows = factors["factor"].head(ROWS).tolist()
    figure = Figure(figsize=(11, 2.4 + 0.29 * ROWS))
    height = figure.get_figheight()
    heading(
        figure,
        "Welke getallen doen ertoe in 2030?",
        "Which numbers matter in 2030? Size of the effect from one end of the range to the other (μ*)",
    )
    shades = LinearSegmentedColormap.from_list("effects", ["#ffffff", COLOUR_DIFFERENCE])
    assumed = factors.set_index("factor")["source"] == "assumption"
    for place, side in enumerate(SIDES):
        axes = figure.add_axes((0.31 + 0.345 * place, 0.62 / height, 0.33, 1 - 2.25 / height))
        names = list(OUTCOMES)
        for column, name in enumerate(names):
            table = effects[(effects["outcome"] == name) & (effects["side"] == side)].set_index("factor")
            most = table["mu_star"].max() or 1.0
            for line, factor in enumerate(rows):
                value, luck = table.loc[factor, "mu_star"], table.loc[factor, "mu_star_by_luck"]
                counts = value > BEYOND_LUCK * luck and not table.loc[factor, "is_one_jump"]
                shade = value / most if counts else 0.0
                axes.add_patch(
                    mpl.patches.Rectangle((column, line), 1, 1, facecolor=shades(0.85 * shade), edgecolor=GRID)
                )
                ink = "white" if shade > 0.55 else INK if counts else "#9aa5ac"
                text = f"{value / OUTCOMES[name][2]:.3g}" if value else "0"
                axes.text(column + 0.5, line + 0.5, text, ha="center", va="center", color=ink, fontsize=8.5)
        axes.set_xlim(0, len(names))
        axes.set_ylim(len(rows), 0)
        axes.xaxis.tick_top()
        axes.set_xticks(np.arange(len(names)) + 0.5, [column_words(name) for name in names], fontsize=7.5)
        labels = [f"{factor_words(f)}{' *' if assumed[f] else ''}" for f in rows]
        axes.set_yticks(np.arange(len(rows)) + 0.5, labels if not place else [""] * len(rows), fontsize=8.5)
        for label in axes.get_yticklabels()[:SURVIVORS]:
            label.set_fontweight("bold")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.axhline(SURVIVORS, color=INK, linewidth=1.2)
        figure.text(
            0.31 + 0.345 * place,
            1 - 0.72 / height,
            SIDES[side].capitalize(),
            fontsize=10.5,
            fontweight="bold",
            va="top",
        )
    note = (
        "Bold, above the line: went on to Sobol' indices. * the range is an assumption, no evidence. Darker: larger in "
        f"its column. Grey: not more than {BEYOND_LUCK:g} times what luck alone gives, or the jump of one trajectory."
    )
    footnote(figure, note)
    return figure


def sobol_figure(indices: pd.DataFrame) -> Figure:
    """Return S1 and ST of every question."""
    order = indices.groupby("factor")["ST"].mean().sort_values().index.tolist()
    figure = Figure(figsize=(11, 6.6))
    height = figure.get_figheight()
    heading(
        figure,
        "Welk deel van de verschillen verklaart elk getal?",
        "What share of the variance does each number explain? Only these vary, all others stay as they are",
    )
    at = np.arange(len(order))
    for line, side in enumerate(SIDES):
        figure.text(
            0.02, (5.8 - 2.75 * line) / height, SIDES[side].capitalize(), fontsize=10.5, fontweight="bold", va="top"
        )
        for column, name in enumerate(OUTCOMES):
            axes = figure.add_axes((0.215 + 0.197 * column, (3.35 - 2.75 * line) / height, 0.175, 1.95 / height))
            table = indices[(indices["outcome"] == name) & (indices["side"] == side)].set_index("factor")
            if table.empty:
                axes.set_axis_off()
                axes.text(0, 1, f"{OUTCOMES[name][0]}\nnothing varies beyond luck", fontsize=8.5, color=SOFT, va="top")
                continue
            table = table.loc[order]
            told = table["noise_left"].iloc[0] < MOST_LUCK
            for index, move, colour in (("ST", -0.19, COLOUR_DIFFERENCE), ("S1", 0.19, COLOUR_B)):
                axes.barh(
                    at + move,
                    table[index],
                    height=0.36,
                    color=colour,
                    alpha=1 if told else 0.2,
                    label="with others (ST)" if index == "ST" else "alone (S1)",
                )
                ends = table[f"{index}_low"], table[f"{index}_high"]
                axes.hlines(at + move, *ends, color=INK, linewidth=1, alpha=1 if told else 0.2)
            axes.set_yticks(
                at, [textwrap.fill(factor_words(f), 26) for f in order] if not column else [""] * len(order), fontsize=8
            )
            axes.set_xlim(-0.15, 1.25)
            axes.axvline(0, color=SOFT, linewidth=0.8)
            axes.set_xticks([0, 0.5, 1])
            axes.grid(axis="x", color=GRID)
            axes.set_axisbelow(True)
            axes.tick_params(length=0)
            axes.spines[["top", "right", "left"]].set_visible(False)
            luck = f"luck: {table['noise_share'].iloc[0]:.0%}{'' if told else ', too much to tell'}"
            axes.set_title(f"{OUTCOMES[name][0]}\n{luck}", fontsize=8.5, color=SOFT, loc="left")
    figure.legend(
        handles=[mpl.patches.Patch(color=c, label=w) for c, w in BARS],
        loc="lower left",
        bbox_to_anchor=(0.02, 0.01),
        ncols=2,
        frameon=False,
        fontsize=8.5,
    )
    row = indices.iloc[0]
    figure.text(
        0.98,
        0.1 / height,
        f"N = {row['N']}, R = {row['R']}, {row['runs']:,} runs. Luck: of single runs. "
        "Line: 95% interval by bootstrap, for these seeds only.",
        fontsize=8,
        color=SOFT,
        ha="right",
        va="bottom",
    )
    return figure


def spread_figure(found: Responses, signs: pd.DataFrame) -> Figure:
    """Return what the convenant changes in every point, sorted, and in how many points it is better."""
    figure = Figure(figsize=(11, 4.3))
    height = figure.get_figheight()
    heading(
        figure,
        "Is het convenant beter, waar de waarheid ook ligt?",
        "Convenant minus today, all uncertain numbers varied at once; a line is a point, from replicate to replicate",
    )
    every = answers(found)
    for column, name in enumerate(OUTCOMES):
        y = every[name, "difference"]
        y = y[~np.isnan(y).any(axis=1)] / OUTCOMES[name][2]
        y = y[np.argsort(y.mean(axis=1), kind="stable")]
        axes = figure.add_axes((0.06 + 0.24 * column, 0.75 / height, 0.195, 2.35 / height))
        mean, place = y.mean(axis=1), (np.arange(len(y)) + 0.5) / len(y)
        colours = np.where(mean < 0, COLOUR_B, np.where(mean > 0, "#c8562b", SOFT))
        axes.vlines(place, y.min(axis=1), y.max(axis=1), color=colours, linewidth=0.8, alpha=0.45)
        axes.scatter(place, mean, c=colours, s=6, linewidths=0, zorder=3)
        axes.axhline(0, color=INK, linewidth=1)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.5, 1], ["0", "50", "100%"])
        axes.set_xlabel("share of points", fontsize=8, color=SOFT)
        axes.grid(axis="y", color=GRID)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, labelsize=8)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        row = signs[(signs["outcome"] == name) & (signs["side"] == "difference")].iloc[0]
        title = f"better in {row['better']:.0%}, worse in {row['worse']:.0%}"
        axes.set_title(f"{OUTCOMES[name][0]}\n{OUTCOMES[name][1]}\n{title}", fontsize=8.5, loc="left")
    row = signs.iloc[0]
    note = (
        f"{row['points']} points, {row['replicates']} replicates. Below zero the convenant is better. Every number is "
        "drawn evenly and on its own from its range."
    )
    footnote(figure, note)
    return figure


if __name__ == "__main__":
    main()
