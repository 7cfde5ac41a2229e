"""What the sentences of life stories say, in two languages: patterns for a reader who knows only the page."""

NAME = r"[A-Z]\w+(?: [A-Z]\.)?"
#: What the sentences say, in two languages.  `W` stands for somebody else.
W = {
    "nl": r"(?P<who>(?:[Ee]en|[Dd]e|[Zz]ijn|[Hh]aar) .+?)",
    "en": r"(?P<who>(?:[Aa]|[Tt]he|[Hh]is|[Hh]er) .+?)",
}
HELP_STARTS = {
    "nl": rf"^{W['nl']}(?: \(\d+ jaar\))? (?:helpt al|gaat (?P<again>weer )?helpen),",
    "en": rf"^{W['en']}(?: \(\d+ years old\))? (?:already helps|starts to help(?P<again> again)?),",
}
HELP_ENDS = {
    "nl": rf"^{W['nl']} (?:stopt met helpen|helpt niet meer|"
    r"is zwaar belast en stopt|overlijdt|verhuist|heeft zelf hulp nodig)",
    "en": rf"^{W['en']} (?:stops helping|no longer helps|is heavily burdened and stops|dies|moves|needs help too)",
}
CARE_STARTS = {
    "nl": rf"^{NAME} (?:zorgt bij het begin al voor|gaat (?P<again>weer )?zorgen voor) {W['nl']}, (?:samen )?[\dm]",
    "en": rf"^(?:At the start )?{NAME} (?:already cares|starts to care) for {W['en']}(?P<again> again)?, [\dl]",
}
CARE_ENDS = {
    "nl": (
        rf"{NAME} (?:is zwaar belast en )?(?:stopt met zorgen|zorgt niet meer|kan nu niet meer zorgen) "
        rf"voor {W['nl']}\.",
        rf"^{W['nl']} (?:overlijdt|verhuist naar een verpleeghuis|kan weer zonder hulp)",
    ),
    "en": (
        rf"{NAME} (?:is heavily burdened and )?(?:stops caring|no longer cares|can now no longer care) for {W['en']}\.",
        rf"^{W['en']} (?:dies|moves to a nursing home|can do without help again)",
    ),
}
WHOLE = {
    "nl": rf"^(?:Familie en bekenden hielpen (?P<t>.+?)|{NAME} zorgde (?P<s>.+?) voor een ander), "
    r"gemiddeld (?P<h>.+) per week\.$",
    "en": (
        rf"^(?:Family, friends and neighbours helped|{NAME} cared for others) for "
        r"(?P<t>.+)(?P<s>), (?P<h>.+) a week on average\.$"
    ),
}
PART = {
    "nl": r"^(?:Voor )?(?P<who>.+): (?P<t>.+), gemiddeld (?P<h>.+) per week\.$",
    "en": r"^(?:For )?(?P<who>.+): (?P<t>.+), (?P<h>.+) a week on average\.$",
}
ONE = {
    "nl": rf"^{NAME} (?:zorgde(?: zelf)? (?P<t>.+) voor|kreeg zelf (?P<s>.+) hulp van) "
    r"(?P<who>.+), gemiddeld (?P<h>.+) per week\.$",
    "en": rf"^(?:{NAME}(?: also)? cared for (?P<who>.+)|(?P<by>.+) helped {NAME}) "
    r"for (?P<t>.+), (?P<h>.+) a week on average\.$",
}
REST = {
    "nl": r"^Nog (?:iemand anders|\d+ anderen): (?:samen )?(.+)\.$",
    "en": r"^(?:Somebody else|\d+ others): (.+?)(?: together)?\.$",
}
TOGETHER = {
    "nl": r"meer mensen tegelijk: (.+?)\. Die tijd",
    "en": r"more people at once: (.+?)\. That|helped at once: (.+?)\. That",
}
NUMBERS = {
    "nl": "nul één twee drie vier vijf zes zeven acht negen tien",
    "en": "zero one two three four five six seven eight nine ten",
}
NEEDED = {
    "nl": r" had thuis (.+?) hulp nodig, gemiddeld",
    "en": r" needed help at home for (.+?), [^,]+ a week on average",
}
SHORT = {"nl": r"^(.+) lang bleef een tiende", "en": r"^For (.+) a tenth or more|^For (.+) a tenth of"}
REASON = {"nl": r"^In (.+?) daarvan ", "en": r"^For (.+?) of these "}
CLIENT = {"nl": r"^Klant van de thuiszorg voor .+: (.+)\.$", "en": r"^Client of home care for .+: (.+)\.$"}
BURDENED = {
    "nl": r"^(?:{name}|Hij|Zij) is (?:nu|weer) zwaar belast",
    "en": r"^(?:{name}|He|She) is (?:now )?heavily burdened(?: again)?\.",
}
BURDEN_ENDS = {"nl": r"^(?:{name}|Hij|Zij) is niet meer zwaar", "en": r"^(?:{name}|He|She) is no longer heavily"}
BURDEN_SUM = {
    "nl": r" was (?:(?P<n>\d+) keer zwaar belast, bij elkaar (?P<t>.+)|(?P<one>.+) zwaar belast)\.$",
    "en": r" was heavily burdened (?:(?P<n>\d+) times, for (?P<t>.+) in all|for (?P<one>.+))\.$",
}
NEVER = {"nl": "is nooit zwaar belast geweest", "en": "was never heavily burdened"}
GOES = {
    "nl": r"^{name} overlijdt, \d+ jaar oud|"
    r"^(?:{name}|Hij|Zij) verhuist naar een plaats buiten|^Hier stopt de berekening",
    "en": r"^{name} dies, \d+ years old|^(?:{name}|He|She) moves to a place outside|^Here the calculation ends",
}
NOBODY = {"nl": "Er hielp niemand uit", "en": "Nobody from family"}
WORDS = [
    (r"\bpartner\b", r"\bpartner\b"),
    (r"\bzoon\b", r"\bson\b"),
    (r"\bdochter\b", r"\bdaughter\b"),
    (r"\bvader\b", r"\bfather\b"),
    (r"\bmoeder\b", r"\bmother\b"),
    (r"\bbekende\b", r"\bfriend or neighbour\b"),
    (r"\bnaaste\b", r"\brelative\b"),
    (r"\bhuisgenoot\b", r"\bhousemate\b"),
    (r"\bhetzelfde dorp\b", r"\bsame village\b"),
    (r"\been ander dorp\b", r"\banother village\b"),
    (r"\bbuiten het gebied\b", r"\boutside the area\b"),
    (r"\boverlijdt\b", r"\bdies\b"),
    (r"\bverpleeghuis\b", r"\bnursing home\b"),
    (r"\bzwaar belast\b", r"\bheavily burdened\b"),
    (r"\bweer\b", r"\bagain\b"),
    (r"\bdementie\b", r"\bdementia\b"),
    (r"\bhuishouden\b", r"\bwith the household\b"),
    (r"\belke dag\b", r"\bevery day\b"),
    (r"\bpersoneel\b", r"\bstaff\b"),
    (r"\bnieuwe\b", r"\bnew\b"),
    (r"\btweede\b", r"\bsecond\b"),
]
IMPOSSIBLE = {
    "nl": r"\b0 (?:jaar|maand|uur|keer|mensen)|\b1 (?:maanden|keren|mensen|anderen|keer)\b|"
    r"keren zwaar|een keer elke|\bNone\b|-\d",
    "en": r"\b0 (?:years|months|hours|times|others)|\b1 (?:years|months|hours|times|people|others)\b|"
    r"once every|\bNone\b|-\d",
}
