"""The words of the life stories, in plain Dutch and in English: the same keys in both."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from krimpsim.core.codes import Sex
from krimpsim.report.runset import en, nl

LANGUAGES = ("nl", "en")

#: First names by sex and by the first year of birth for which they are common.
NAMES: Mapping[Sex, Mapping[int, tuple[str, ...]]] = {
    Sex.WOMAN: {
        0: ("Geesje", "Hendrikje", "Jantje", "Grietje", "Roelfien", "Aaltje", "Trijntje", "Annie", "Lammie", "Tineke"),
        1950: ("Ina", "Wilma", "Janny", "Gea", "Marja", "Anja", "Hilda", "Jolanda"),
        1980: ("Linda", "Marloes", "Sanne", "Ilse", "Lotte", "Emma", "Noor"),
    },
    Sex.MAN: {
        0: ("Harm", "Roelof", "Geert", "Albert", "Hendrik", "Lammert", "Jans", "Klaas", "Berend", "Egbert"),
        1950: ("Jan", "Henk", "Gerrit", "Wim", "Bert", "Jaap", "Marten", "Johan"),
        1980: ("Jeroen", "Niels", "Rick", "Bram", "Daan", "Thijs", "Sem"),
    },
}
MONTHS: Mapping[str, tuple[str, ...]] = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "title": "Levensverhalen: {title}",
        "title_compare": "Levensverhalen: twee keer hetzelfde leven",
        "futures": "A is: {a}. B is: {b}.",
        "banner": "**Deze mensen zijn verzonnen, en hun namen ook.** Dit kan gebeuren. Het is niet gebeurd. "
        "De verhalen komen uit één doorrekening van het model. Het model is nog niet gekalibreerd: de getallen zijn "
        "nog niet gelijk gemaakt aan wat er echt is gemeten. Let op wat er gebeurt, niet op de precieze getallen.",
        "reading": "*Hulp in huis* is poetsen, wassen, koken en boodschappen. *Zorg* is hulp bij wassen en aankleden, "
        "verpleging en begeleiding. De *thuiszorg* doet allebei. Een *mantelzorger* helpt een naaste, zonder betaling. "
        "Hulp *blijft liggen* als die nodig is en niemand haar geeft. Hulp die iemand zelf niet wil of niet gebruikt, "
        "telt niet mee als hulp die blijft liggen.",
        "nobody": "Er is in deze doorrekening niemand om over te vertellen.",
        "heading": "{number}. {name}, {age} jaar in {month}, uit {place}",
        "small_place": "een klein veendorp",
        "another_place": "een ander dorp in het gebied",
        "left_out": "*Kleinere veranderingen staan hier niet.*",
        "until": "**Tot {month} is alles gelijk. Daarna gaat het leven van {name} in A anders dan in B.**",
        "from_start": "**Vanaf het begin, in {month}, gaat het leven van {name} in A anders dan in B.**",
        "same": "**Voor {name} is alles gelijk in A en in B, van het begin tot het eind.**",
        "same_story": "Het verschil is klein. In de regels hieronder is het niet te zien.",
        "nothing": "Er gebeurt daarna niets wat hier verteld moet worden.",
        "who": "Wie hielp?",
        "went_wrong": "Wat ging mis?",
        "went_well": "Wat ging goed?",
        "how_often": "Hoe vaak komt dit voor?",
        # rules
        "about_gap": "Over lang te weinig hulp.",
        "about_carer": "Over lang mantelzorger zijn.",
        "about_well": "Over lang thuis wonen met genoeg hulp.",
        "about_admitted": "Over wachten op een plek in een verpleeghuis.",
        "about_stopped": "Over een mantelzorger die zwaar belast is en stopt.",
        "about_changed": "Over een organisatie voor thuiszorg die stopt.",
        "about_young": "Over een kind dat meehelpt.",
        "group_gap": "mensen die thuis een keer elke dag hulp nodig hadden",
        "group_carer": "mensen die een keer mantelzorger waren (een uur per week of meer)",
        "group_well": "mensen die thuis een jaar of langer elke dag hulp nodig hadden",
        "group_admitted": "mensen die om een plek in een verpleeghuis vroegen",
        "group_stopped": "mantelzorgers die een keer zwaar belast waren",
        "group_changed": "mensen die thuiszorg hadden",
        "group_young": "mensen die een keer mantelzorger waren (een uur per week of meer)",
        "had_gap": "Een jaar of langer een kwart van de hulp gemist, of meer",
        "had_carer": "Tien jaar of langer mantelzorger geweest van mensen in het gebied",
        "had_well": "Thuis blijven wonen, en van elke 100 uur hulp hooguit 5 uur gemist",
        "had_admitted": "Een half jaar of langer gewacht, en toen een plek gekregen",
        "had_stopped": "Gestopt toen het zwaar was, terwijl de ander nog hulp nodig had",
        "had_changed": "Meegemaakt dat hun organisatie stopte in het gebied",
        "had_young": "Toen nog geen 18 jaar",
        "often": "Het gaat om {group}. {what}: {share} ({had} van {all} in deze doorrekening).",
        "often_few": "Het gaat om {group}. {what}: {had} van {all} in deze doorrekening. "
        "Dat zijn te weinig mensen voor een getal per 100.",
        "often_both": "Het gaat om {group}. {what}: {a} in A, {b} in B.",
        # need
        "level_1": "hulp in het huishouden",
        "level_2": "elke dag hulp",
        "level_3": "meer keren per dag hulp",
        "level_4": "dag en nacht hulp",
        "level_0": "een tijdje zorg na het ziekenhuis",
        "need_from_start": "{name} heeft bij het begin al {need} nodig: {hours} per week.",
        "need_arrives": "{name} komt hier wonen en heeft {need} nodig: {hours} per week.",
        "need_begins": "{name} heeft nu {need} nodig: {hours} per week.",
        "need_grows": "{name} heeft nu {need} nodig: {hours} per week.",
        "need_again": "{name} heeft weer {need} nodig: {hours} per week.",
        "need_falls": "Het gaat beter. {name} heeft nog {need} nodig: {hours} per week.",
        "need_ends": "{name} kan weer zonder hulp.",
        "dementia": "{name} krijgt dementie.",
        "noticed": "Nu pas ziet iemand die hulp kan regelen dat er hulp nodig is. Dat duurde {months}.",
        "granted": "De gemeente zegt ja tegen hulp. Dat duurde {months}.",
        "refuses": "{name} wil geen hulp van de thuiszorg.",
        "gap_begins": "Er blijft hulp liggen: {gap} van de {need} per week.",
        "gap_ends": "Nu is bijna alles geregeld.",
        "asks_place": "{name} vraagt om een plek in een verpleeghuis. Er is nog geen plek.",
        "asks_ends": "{name} staat niet meer op de wachtlijst voor een verpleeghuis.",
        "admitted": "{name} verhuist naar een verpleeghuis.",
        "admitted_after": "{name} verhuist naar een verpleeghuis, na {months} wachten.",
        "moves": "{name} verhuist naar {place}.",
        "dies": "{name} overlijdt, {age} jaar oud.",
        "leaves": "{name} verhuist naar een plaats buiten het gebied. Het model volgt {him} niet verder.",
        "still_home": "Hier stopt de berekening. {name} is {age} jaar en woont thuis.",
        "still_facility": "Hier stopt de berekening. {name} is {age} jaar en woont in het verpleeghuis.",
        # providers
        "pool_0": "hulp in huis",
        "pool_1": "zorg",
        "pool_both": "hulp in huis en zorg",
        "provider_already": "De thuiszorg geeft {pool}.",
        "provider_starts": "De thuiszorg begint met {pool}.",
        "provider_after": "De thuiszorg begint met {pool}, na {months} wachten.",
        "waits": "{name} komt op de wachtlijst van de thuiszorg voor {pool}.",
        "waits_end": "{name} staat niet meer op de wachtlijst voor {pool}.",
        "provider_stops": "De organisatie die {pool} gaf, is gestopt in dit gebied.",
        "provider_next": "Een andere organisatie neemt {pool} over.",
        "provider_changes": "De organisatie die {pool} gaf, is gestopt in dit gebied. "
        "Een andere neemt het meteen over.",
        # helpers
        "help_already": "{who} helpt al, {hours} per week.",
        "help_starts": "{who} begint te helpen, {hours} per week.",
        "help_stops": "{who} stopt met helpen.",
        "help_stops_burdened": "{who} is zwaar belast en stopt met helpen.",
        "helper_dies": "{who} overlijdt en kan niet meer helpen.",
        "helper_leaves": "{who} verhuist uit het gebied en helpt niet meer.",
        "helper_needs_help": "{who} heeft zelf hulp nodig en kan niet meer helpen.",
        "partner_dies": "De partner van {name} overlijdt.",
        "partner_facility": "De partner van {name} verhuist naar een verpleeghuis.",
        "by_partner": "de partner",
        "by_child_outside": "een zoon of dochter van buiten het gebied",
        "by_child_here": "een {child} uit hetzelfde dorp",
        "by_child_near": "een {child} uit een ander dorp",
        "by_neighbour": "een bekende uit het dorp",
        "by_child_home": "een {child} in huis",
        "by_parent_home": "een ouder in huis",
        "by_other_home": "een huisgenoot",
        "by_young": "een kind in huis van {age} jaar",
        "son": "zoon",
        "daughter": "dochter",
        # giving care
        "cares_from_start": "{name} zorgt bij het begin al voor {whom}, {hours} per week.",
        "cares": "{name} gaat zorgen voor {whom}, {hours} per week.",
        "cares_ends": "{name} zorgt niet meer voor {whom}.",
        "cares_stops": "{name} stopt met zorgen voor {whom}.",
        "cares_stops_burdened": "{name} is zwaar belast en stopt met zorgen voor {whom}.",
        "cared_dies": "{whom} overlijdt.",
        "cared_facility": "{whom} verhuist naar een verpleeghuis.",
        "cared_recovers": "{whom} kan weer zonder hulp.",
        "burdened": "{name} is nu zwaar belast. De mantelzorg kost {hours} per week.",
        "burdened_again": "{name} is weer zwaar belast. De mantelzorg kost {hours} per week.",
        "burdened_ends": "{name} is niet meer zwaar belast.",
        "for_partner": "{his} partner",
        "for_parent_outside": "een naaste buiten het gebied",
        "for_parent_here": "{his} {parent}",
        "for_parent_near": "{his} {parent} in een ander dorp",
        "for_neighbour": "een bekende in het dorp",
        "for_neighbour_outside": "een bekende buiten het gebied",
        "for_child_home": "een {child} in huis",
        "for_other_home": "een huisgenoot",
        "mother": "moeder",
        "father": "vader",
        # summary
        "sum_needed": "{name} had thuis {months} hulp nodig, gemiddeld {need} per week.",
        "sum_gap": "Daarvan bleef gemiddeld {gap} per week liggen.",
        "sum_no_gap": "Daarvan bleef bijna niets liggen.",
        "sum_helper": "{who}: {months}, gemiddeld {hours} per week.",
        "sum_client": "Klant van de thuiszorg voor {pool}: {months}.",
        "sum_none": "Er hielp niemand uit de familie of de buurt.",
        "sum_carer": "{name} was {months} mantelzorger, gemiddeld {hours} per week.",
        "sum_for": "Voor {whom}: {months}, gemiddeld {hours} per week.",
        "sum_more": "En nog {number} anderen, korter.",
        "sum_one_more": "En nog iemand, korter.",
        "wrong_noticed": "{months} wist niemand die hulp kan regelen dat er hulp nodig was.",
        "wrong_granted": "Het wachten op de gemeente duurde {months}.",
        "wrong_waiting": "{months} stond {name} op de wachtlijst van de thuiszorg.",
        "wrong_stopped": "{months} was de organisatie voor thuiszorg gestopt en was er nog geen andere.",
        "wrong_rest": "{months} was er te weinig personeel, te weinig plek in een groep, of betaalde de gemeente "
        "minder uren.",
        "wrong_staff": "{months} had de thuiszorg te weinig personeel.",
        "wrong_admission": "{name} wachtte {months} op een verpleeghuis.",
        "wrong_burdened": "{name} was {months} zwaar belast.",
        "well_share": "Van elke 100 uur hulp die nodig was, bleef maar {gap} uur liggen.",
        "well_no_gap": "Er bleef bijna niets liggen.",
        "well_never_burdened": "{name} is nooit zwaar belast geweest.",
        "gap_all": "Nog niemand geeft die hulp.",
        "still_here": "Hier stopt de berekening. {name} is {age} jaar.",
        "of_100": "{number} van elke 100",
        "of_100_few": "minder dan 1 van elke 100",
        "who_was_helped": "Wie kreeg hulp?",
        "wrong_gave_up": "{name} stopte, terwijl de ander nog hulp nodig had.",
        "wrong_group": "{months} was er waarschijnlijk geen plek op de dagbesteding.",
        "wrong_share": "Van elke 100 uur hulp die nodig was, bleef {gap} uur liggen.",
        "cares_own_need": "{name} kan nu niet meer zorgen voor {whom}.",
        "first_difference": "Het eerste verschil: {what}.",
        "differs_place": "waar deze persoon woont",
        "differs_need": "hoeveel hulp er nodig is",
        "differs_noticed": "wanneer de hulp mag beginnen",
        "differs_waiting": "het wachten op hulp",
        "differs_provider": "welke organisatie de thuiszorg geeft",
        "differs_missing": "hoeveel hulp er blijft liggen",
        "differs_burden": "hoeveel de mantelzorg vraagt",
        "differs_help": "hoeveel anderen helpen",
        "in_a": "In A",
        "in_b": "In B",
        # small words
        "him": "hem",
        "her_object": "haar",
        "his": "zijn",
        "her": "haar",
        "hour": "{number} uur",
        "hours": "{number} uur",
        "month": "één maand",
        "months": "{number} maanden",
        "years": "{number} jaar",
        "year_and_month": "{years} en {months}",
        "less_than_half_hour": "minder dan een half uur",
    },
    "en": {
        "title": "Life stories: {title}",
        "title_compare": "Life stories: the same life twice",
        "futures": "A is: {a}. B is: {b}.",
        "banner": "**These people are invented, and so are their names.** This can happen. It did not happen. "
        "The stories come from one run of the model. The model is not calibrated yet: its numbers have not been made "
        "equal to what was really measured. Look at what happens, not at the precise numbers.",
        "reading": "*Household help* is cleaning, laundry, cooking and shopping. *Care* is help with washing and "
        "dressing, nursing and guidance. *Home care* does both. An *informal carer* helps someone close, unpaid. "
        "Help *is missing* when it is needed and nobody gives it. Help that somebody does not want or does not use "
        "does not count as missing.",
        "nobody": "There is nobody to tell about in this run.",
        "heading": "{number}. {name}, aged {age} in {month}, from {place}",
        "small_place": "a small peat village",
        "another_place": "another village in the area",
        "left_out": "*Smaller changes are left out.*",
        "until": "**Until {month} everything is equal. After that the life of {name} goes another way in A than in "
        "B.**",
        "from_start": "**From the start, in {month}, the life of {name} goes another way in A than in B.**",
        "same": "**For {name} everything is equal in A and in B, from the start to the end.**",
        "same_story": "The difference is small. It does not show in the lines below.",
        "nothing": "Nothing happens after that which has to be told here.",
        "who": "Who helped?",
        "went_wrong": "What went wrong?",
        "went_well": "What went well?",
        "how_often": "How often does this happen?",
        "about_gap": "About too little help for a long time.",
        "about_carer": "About being an informal carer for a long time.",
        "about_well": "About living at home for long with enough help.",
        "about_admitted": "About waiting for a place in a nursing home.",
        "about_stopped": "About an informal carer who is heavily burdened and stops.",
        "about_changed": "About a home-care provider that stops.",
        "about_young": "About a child who helps.",
        "group_gap": "people who at some time needed help every day at home",
        "group_carer": "people who were at some time an informal carer (an hour a week or more)",
        "group_well": "people who needed help every day at home for a year or longer",
        "group_admitted": "people who asked for a place in a nursing home",
        "group_stopped": "informal carers who were heavily burdened at some time",
        "group_changed": "people who had home care",
        "group_young": "people who were at some time an informal carer (an hour a week or more)",
        "had_gap": "Missed a quarter of the help or more, for a year or longer",
        "had_carer": "Informal carer of people in the area for ten years or longer",
        "had_well": "Stayed at home, and missed at most 5 of every 100 hours of help",
        "had_admitted": "Waited for half a year or longer, and then got a place",
        "had_stopped": "Stopped when it was heavy, while the other still needed help",
        "had_changed": "Saw their provider stop in the area",
        "had_young": "Under 18 at the time",
        "often": "This is about {group}. {what}: {share} ({had} of {all} in this run).",
        "often_few": "This is about {group}. {what}: {had} of {all} in this run. "
        "These are too few people for a number per 100.",
        "often_both": "This is about {group}. {what}: {a} in A, {b} in B.",
        "level_1": "help with the household",
        "level_2": "help every day",
        "level_3": "help several times a day",
        "level_4": "help by day and by night",
        "level_0": "care for a while after hospital",
        "need_from_start": "At the start {name} already needs {need}: {hours} a week.",
        "need_arrives": "{name} comes to live here and needs {need}: {hours} a week.",
        "need_begins": "{name} now needs {need}: {hours} a week.",
        "need_grows": "{name} now needs {need}: {hours} a week.",
        "need_again": "{name} needs {need} again: {hours} a week.",
        "need_falls": "Things get better. {name} still needs {need}: {hours} a week.",
        "need_ends": "{name} can do without help again.",
        "dementia": "{name} gets dementia.",
        "noticed": "Only now somebody who can arrange help sees that it is needed. That took {months}.",
        "granted": "The municipality says yes to help. That took {months}.",
        "refuses": "{name} does not want help from home care.",
        "gap_begins": "Help is missing: {gap} of the {need} a week.",
        "gap_ends": "Now nearly everything is arranged.",
        "asks_place": "{name} asks for a place in a nursing home. There is no place yet.",
        "asks_ends": "{name} is no longer on the waiting list for a nursing home.",
        "admitted": "{name} moves to a nursing home.",
        "admitted_after": "{name} moves to a nursing home, after waiting for {months}.",
        "moves": "{name} moves to {place}.",
        "dies": "{name} dies, {age} years old.",
        "leaves": "{name} moves to a place outside the area. The model does not follow {him} any further.",
        "still_home": "Here the calculation ends. {name} is {age} years old and lives at home.",
        "still_facility": "Here the calculation ends. {name} is {age} years old and lives in the nursing home.",
        "pool_0": "household help",
        "pool_1": "care",
        "pool_both": "household help and care",
        "provider_already": "Home care gives {pool}.",
        "provider_starts": "Home care starts to give {pool}.",
        "provider_after": "Home care starts to give {pool}, after waiting for {months}.",
        "waits": "{name} is put on the waiting list of home care for {pool}.",
        "waits_end": "{name} is no longer on the waiting list for {pool}.",
        "provider_stops": "The provider that gave {pool} has stopped in this area.",
        "provider_next": "Another provider takes over {pool}.",
        "provider_changes": "The provider that gave {pool} has stopped in this area. Another takes over at once.",
        "help_already": "{who} helps already, {hours} a week.",
        "help_starts": "{who} starts to help, {hours} a week.",
        "help_stops": "{who} stops helping.",
        "help_stops_burdened": "{who} is heavily burdened and stops helping.",
        "helper_dies": "{who} dies and cannot help any more.",
        "helper_leaves": "{who} moves out of the area and helps no more.",
        "helper_needs_help": "{who} needs help too and cannot help any more.",
        "partner_dies": "The partner of {name} dies.",
        "partner_facility": "The partner of {name} moves to a nursing home.",
        "by_partner": "the partner",
        "by_child_outside": "a son or daughter from outside the area",
        "by_child_here": "a {child} from the same village",
        "by_child_near": "a {child} from another village",
        "by_neighbour": "somebody from the village",
        "by_child_home": "a {child} at home",
        "by_parent_home": "a parent at home",
        "by_other_home": "a housemate",
        "by_young": "a child at home, {age} years old,",
        "son": "son",
        "daughter": "daughter",
        "cares_from_start": "At the start {name} already cares for {whom}, {hours} a week.",
        "cares": "{name} starts to care for {whom}, {hours} a week.",
        "cares_ends": "{name} no longer cares for {whom}.",
        "cares_stops": "{name} stops caring for {whom}.",
        "cares_stops_burdened": "{name} is heavily burdened and stops caring for {whom}.",
        "cared_dies": "{whom} dies.",
        "cared_facility": "{whom} moves to a nursing home.",
        "cared_recovers": "{whom} can do without help again.",
        "burdened": "{name} is now heavily burdened. Informal care takes {hours} a week.",
        "burdened_again": "{name} is heavily burdened again. Informal care takes {hours} a week.",
        "burdened_ends": "{name} is no longer heavily burdened.",
        "for_partner": "{his} partner",
        "for_parent_outside": "a relative outside the area",
        "for_parent_here": "{his} {parent}",
        "for_parent_near": "{his} {parent} in another village",
        "for_neighbour": "somebody in the village",
        "for_neighbour_outside": "an acquaintance outside the area",
        "for_child_home": "a {child} at home",
        "for_other_home": "a housemate",
        "mother": "mother",
        "father": "father",
        "sum_needed": "{name} needed help at home for {months}, {need} a week on average.",
        "sum_gap": "Of these, {gap} a week were missing on average.",
        "sum_no_gap": "Next to nothing of this was missing.",
        "sum_helper": "{who}: {months}, {hours} a week on average.",
        "sum_client": "Client of home care for {pool}: {months}.",
        "sum_none": "Nobody from family or neighbourhood helped.",
        "sum_carer": "{name} was an informal carer for {months}, {hours} a week on average.",
        "sum_for": "For {whom}: {months}, {hours} a week on average.",
        "sum_more": "And {number} more, for a shorter time.",
        "sum_one_more": "And one more, for a shorter time.",
        "wrong_noticed": "For {months} nobody who can arrange help knew that it was needed.",
        "wrong_granted": "The wait for the municipality lasted {months}.",
        "wrong_waiting": "For {months} {name} was on the waiting list of home care.",
        "wrong_stopped": "For {months} the home-care provider had stopped and there was no other yet.",
        "wrong_rest": "For {months} there was too little staff, too little room in a group, or the municipality paid "
        "fewer hours.",
        "wrong_staff": "For {months} home care had too little staff.",
        "wrong_admission": "{name} waited {months} for a nursing home.",
        "wrong_burdened": "{name} was heavily burdened for {months}.",
        "well_share": "Only {gap} of every 100 hours of help needed went missing.",
        "well_no_gap": "Next to nothing was missing.",
        "well_never_burdened": "{name} was never heavily burdened.",
        "gap_all": "Nobody gives that help yet.",
        "still_here": "Here the calculation ends. {name} is {age} years old.",
        "of_100": "{number} of every 100",
        "of_100_few": "fewer than 1 of every 100",
        "who_was_helped": "Who was helped?",
        "wrong_gave_up": "{name} stopped, while the other still needed help.",
        "wrong_group": "For {months} there was probably no place in a day programme.",
        "wrong_share": "{gap} of every 100 hours of help needed went missing.",
        "cares_own_need": "{name} can now no longer care for {whom}.",
        "first_difference": "The first difference: {what}.",
        "differs_place": "where this person lives",
        "differs_need": "how much help is needed",
        "differs_noticed": "when help may begin",
        "differs_waiting": "waiting for help",
        "differs_provider": "which provider gives home care",
        "differs_missing": "how much help is missing",
        "differs_burden": "how much informal care asks",
        "differs_help": "how much others help",
        "in_a": "In A",
        "in_b": "In B",
        "him": "him",
        "her_object": "her",
        "his": "his",
        "her": "her",
        "hour": "{number} hour",
        "hours": "{number} hours",
        "month": "one month",
        "months": "{number} months",
        "years": "{number} years",
        "year_and_month": "{years} and {months}",
        "less_than_half_hour": "less than half an hour",
    },
}


def say(lang: str, key: str, **values: object) -> str:
    """Return a sentence or phrase, with values filled in."""
    return WORDS[lang][key].format(**values)


def month_name(lang: str, month: int) -> str:
    """Return an absolute month as ``maart 2029``."""
    return f"{MONTHS[lang][month % 12]} {month // 12}"


def hours(lang: str, minutes: float) -> str:
    """Return minutes as hours, in halves below ten."""
    value = round(minutes / 30) / 2 if minutes < 600 else round(minutes / 60)
    if value == 0:
        return say(lang, "less_than_half_hour")
    whole = value == int(value)
    number = (nl if lang == "nl" else en)(Decimal(str(value)) if not whole else Decimal(int(value)), 0 if whole else 1)
    return say(lang, "hour" if value == 1 else "hours", number=number)


def duration(lang: str, months: int) -> str:
    """Return a number of months, from two years on as years and months."""
    if months < 24:
        return say(lang, "month") if months == 1 else say(lang, "months", number=months)
    years = say(lang, "years", number=months // 12)
    rest = months % 12
    return years if rest == 0 else say(lang, "year_and_month", years=years, months=duration(lang, rest))


def first_name(uid: int, sex: int, birth_month: int, taken: set[str]) -> str:
    """Return an invented first name that suits sex and year of birth, and nobody else has yet."""
    lists = NAMES[Sex(sex)]
    names = lists[max(year for year in lists if year <= birth_month // 12)]
    turn = [names[(uid + k) % len(names)] for k in range(len(names))]
    free = [name for name in turn if name not in taken]
    name = free[0] if free else next(f"{turn[0]} {c}." for c in "BDEGHJKLMNPRSTVWZ" if f"{turn[0]} {c}." not in taken)
    taken.add(name)
    return name


def capital(text: str) -> str:
    """Return a sentence that begins with a capital."""
    return text[:1].upper() + text[1:]
