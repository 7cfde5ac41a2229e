"""The look of the report: style sheet, frame of the page, and small pieces of HTML.  No words about results."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from string import Template

STYLE = """
:root { --ink: #1b262c; --soft: #4b565e; --line: #d5dbdf; --a: #5b6770; --b: #00677f; --difference: #5a3789;
  --fine: #0b4f7d; --watch: #f0b429; --tight: #a11d2b; }
* { box-sizing: border-box; }
html { background: #f2f5f5; }
body { margin: 0; color: var(--ink); font: 1.0625rem/1.55 Inter, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial,
  sans-serif; }
.page { max-width: 74rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem 1rem; z-index: 2; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .25rem 0 .5rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
p, ul { margin: .5rem 0 1rem; max-width: 46rem; }
a { color: #005a70; }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid #005a70; outline-offset: 2px; }
.a { color: var(--a); } .b { color: var(--b); } .difference { color: var(--difference); }
.futures { list-style: none; padding: 0; margin: .75rem 0; }
.futures strong { display: inline-block; min-width: 6.5rem; }
.warning { background: #fff6dd; border-left: .4rem solid var(--watch); padding: .75rem 1rem; border-radius: .3rem;
  max-width: none; }
.sentence { background: #e3eff1; border-left: .4rem solid var(--b); padding: 1rem 1.25rem; border-radius: .3rem;
  font-size: 1.3rem; line-height: 1.45; max-width: none; }
.sentence p { max-width: 56rem; margin: .4rem 0; }
.sentence h3 { margin: .6rem 0 .1rem; }
.sentence ul { max-width: 56rem; margin: .1rem 0 .5rem; font-size: .9em; padding-left: 1.4rem; }
.scope { border-left: .4rem solid var(--soft); padding: .5rem 1rem; max-width: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: 1rem; }
.tiles.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
.tiles.wide .number { font-size: 2rem; }
.card { background: #fff; border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.1rem; }
.tile .number { font-size: 2.6rem; line-height: 1.1; font-weight: 700; color: var(--b); }
.tile.alone .number { color: var(--ink); }
.tile .beside { color: var(--a); font-size: 1.15rem; white-space: nowrap; }
.tile p { margin: .2rem 0 .6rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
figure { margin: 0; background: #fff; border: 1px solid var(--line); border-radius: .6rem; padding: .5rem; }
figure img { display: block; width: 100%; height: auto; }
figure.wide { grid-column: 1 / -1; overflow-x: auto; }
figure.wide img { min-width: 34rem; max-width: 62rem; margin: 0 auto; }
.scroll { overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: .6rem; margin: .75rem 0
  1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll table { min-width: 36rem; }
caption { text-align: left; padding: .6rem .75rem; color: var(--soft); }
caption span { display: block; max-width: min(100%, calc(100vw - 4rem)); }
th, td { padding: .4rem .75rem; text-align: right; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; border-bottom: 2px solid var(--soft); vertical-align: bottom; }
tbody th, thead th:first-child, .text { text-align: left; }
tbody th { font-weight: 600; }
tbody th.year { font-weight: 400; text-align: right; }
td { white-space: nowrap; }
td.text { white-space: normal; }
tr.total > * { border-top: 2px solid var(--soft); font-weight: 700; }

.tile th, .tile td { padding: .2rem .2rem; font-size: .9em; }
.tile thead th { font-weight: 600; border-bottom-width: 1px; }
.mark { white-space: nowrap; }
.sign { display: inline-block; min-width: 1.5rem; padding: 0 .3rem; margin-right: .35rem; text-align: center;
  font-weight: 700;
  border-radius: .25rem; color: #fff; background: var(--fine); }
.sign.watch { background: var(--watch); color: var(--ink); } .sign.tight { background: var(--tight); }
.sign.fine { border-radius: 1rem; } .sign.unclear { background: #fff; color: var(--ink); border: 1px dashed
  var(--soft); }
.sign.money { background: var(--soft); }
.sign.equal { background: #b9c2c8; color: var(--ink); }
hr { border: 0; border-top: 2px solid var(--b); margin: 3rem 0 1rem; }
.small { color: var(--soft); font-size: .9em; font-weight: 400; }
code { font-size: .95em; overflow-wrap: anywhere; }
@media (min-width: 62rem) {
  .tile h3 { min-height: 3.3rem; } .tile .small { min-height: 3rem; }
}
@media (max-width: 40rem) {
  .scroll, .scroll table, .scroll tbody, .scroll caption { display: block; min-width: 0; }
  .scroll thead { position: absolute; left: -100rem; }
  .scroll tr { display: flex; flex-wrap: wrap; gap: 0 .7rem; padding: .45rem .6rem; border-top: 1px solid var(--line); }
  .scroll th, .scroll td { border: 0; padding: .1rem 0; text-align: left; white-space: normal; }
  .scroll th.head { flex: 0 0 100%; }
  .scroll th.year { flex: 0 0 100%; font-weight: 600; }
  .scroll td::before { content: attr(data-head) ": "; color: var(--soft); font-size: .85em; }
  h1 { font-size: 1.5rem; }
  .sentence { font-size: 1.05rem; padding: .75rem .8rem; }
  .page { padding: .75rem .75rem 2rem; }
}
@media print {
  @page { size: A4; margin: 13mm; }
  html { background: #fff; }
  body { font-size: 10pt; }
  .page { padding: 0; max-width: none; }
  .skip { display: none; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; break-after: avoid; margin-top: 1.2rem; }
  .sentence { font-size: 12pt; padding: .6rem .9rem; }
  .tiles { grid-template-columns: repeat(4, 1fr); gap: .5rem; font-size: 8.5pt; }
  .card { padding: .5rem; }
  .tile .number { font-size: 18pt; }
  .tile .beside { font-size: 9pt; }
  .tile th, .tile td { padding: .1rem; }
  .figures { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
  figure, .card, tr, .sentence { break-inside: avoid; }
  .scroll, figure.wide { overflow: visible; }
  .scroll { border: 0; font-size: 9pt; }
  .scroll table, figure.wide img { min-width: 0; }
  th, td { padding: .15rem .35rem; }
  caption { padding-left: .35rem; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""

PAGE = Template("""<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<link rel="icon" href="data:,">
<style>$style</style>
</head>
<body>
<a class="skip" href="#inhoud">Naar de inhoud</a>
<div class="page">
<header>
$header
</header>
<main id="inhoud">
$body
</main>
<footer>
$footer
</footer>
</div>
</body>
</html>
""")

SECTION = Template("""<section aria-labelledby="$id">
<h2 id="$id">$title</h2>
$body
</section>
""")

TABLE = Template("""<div class="scroll" role="region" tabindex="0" aria-labelledby="$id">
<table>
<caption id="$id"><span>$caption</span></caption>
<thead><tr>$head</tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>
""")

TILE = Template("""<div class="card tile$kind">
<h3>$title</h3>
<p class="small">$unit</p>
<p><span class="number">$number</span> <span class="beside">$beside</span></p>
<p>$mark</p>
<p>$words</p>
<table>
<thead><tr>$head</tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>
""")

FIGURE = Template("""<figure$kind><img src="data:image/svg+xml;base64,$data" alt="$alt"></figure>
""")


def page(title: str, header: str, body: str, footer: str) -> str:
    """Return the whole page; header, body and footer are HTML."""
    return PAGE.substitute(title=escape(title), style=STYLE, header=header, body=body, footer=footer)


def section(name: str, title: str, *parts: str) -> str:
    """Return a section with a heading; the parts are HTML."""
    return SECTION.substitute(id=escape(name), title=escape(title), body="\n".join(parts))


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f"<p{_class(kind)}>{escape(text)}</p>"


def bullets(texts: Iterable[str], language: str = "") -> str:
    """Return a list of plain texts."""
    lines = "\n".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul{f' lang={language!r}' if language else ''}>\n{lines}\n</ul>"


def table(
    name: str,
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    texts: Sequence[int] = (),
    total: bool = False,
    together: int = 1,
) -> str:
    """Return a table; on a small screen every row becomes a block of its cells, so that nothing lies off the screen.

    Parameters
    ----------
    name
        Identifier of the caption.
    caption, head
        Plain text.
    rows
        Cells as HTML; the first of each row is its header.
    texts
        Columns, besides the first, that hold words and not numbers.
    total
        Whether the last row is a sum.
    together
        So many rows share their first header; their second cell is a header too.
    """
    last = len(rows) - 1
    lines = "\n".join(
        _row(row, head, texts, ' class="total"' if total and index == last else "", together, index % together == 0)
        for index, row in enumerate(rows)
    )
    return TABLE.substitute(id=escape(name), caption=escape(caption), head=_head(head, texts), rows=lines)


def tile(
    title: str, unit: str, large: tuple[str, str, str], words: str, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    """Return a card with one large number and a small table of years.

    Parameters
    ----------
    title, unit, words, head, rows
        Plain text.
    large
        The number and what stands beside it, plain text, and its mark as HTML.
    """
    number, beside, mark = large
    return TILE.substitute(
        kind="" if beside else " alone",
        title=escape(title),
        unit=escape(unit),
        number=escape(number),
        beside=escape(beside),
        mark=mark,
        words=escape(words),
        head=_head(head),
        rows="\n".join(_row([escape(cell) for cell in row], head) for row in rows),
    )


def figure(svg: bytes, alt: str, wide: bool = False) -> str:
    """Return a figure with its picture inside the page."""
    data = base64.b64encode(svg).decode("ascii")
    return FIGURE.substitute(kind=' class="wide" tabindex="0"' if wide else "", data=data, alt=escape(alt))


def mark(kind: str, sign: str, words: str) -> str:
    """Return a sign with words beside it: shape, sign and words say the same, so colour is never alone."""
    shape = f'<span class="sign {escape(kind)}" aria-hidden="true">{escape(sign)}</span>'
    return f'<span class="mark">{shape}{escape(words)}</span>'


def _head(cells: Sequence[str], texts: Sequence[int] = ()) -> str:
    return "".join(
        f'<th scope="col"{_class("text" if index in texts else "")}>{escape(cell)}</th>'
        for index, cell in enumerate(cells)
    )


def _row(
    cells: Sequence[str],
    head: Sequence[str],
    texts: Sequence[int] = (),
    kind: str = "",
    together: int = 1,
    is_first: bool = True,
) -> str:
    """Return a row; every cell carries its heading, which small screens show in place of the head of the table."""
    made = []
    for index, cell in enumerate(cells):
        if index == 0:
            span = f'scope="rowgroup" rowspan="{together}"' if together > 1 else 'scope="row"'
            made.append(f'<th class="head" {span}>{cell}</th>' if is_first else "")
        elif index == 1 and together > 1:
            made.append(f'<th class="year" scope="row">{cell}</th>')
        else:
            of = escape(head[index])
            made.append(f'<td{_class("text" if index in texts else "")} data-head="{of}">{cell}</td>')
    return f"<tr{kind}>{''.join(made)}</tr>"


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""
