"""Names of places: whoever writes one with other accents, capitals, blanks or hyphens means the same place."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from krimpsim.config.load import load_config, run_id
from krimpsim.config.names import folded
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError
from krimpsim.inputs.tables import load_tables

TODAY = Path(__file__).resolve().parents[2] / "configs" / "scenarios" / "today.toml"
ACCENTED = "2e Exloërmond"
WAYS = [
    ACCENTED,
    unicodedata.normalize("NFD", ACCENTED),
    "2E EXLOERMOND",
    " 2e  exloermond ",
    "2e-Exloermond",
    "2e_exloërmond",
    "\u200b2e\u00a0Exloermond",
    "2e\u2013Exlo\u00adermond",
]
NAME = "2e Exloermond"


@pytest.mark.parametrize("written", WAYS)
@pytest.mark.parametrize(
    ("key", "value", "found_in"),
    [
        ("region.villages", ["*", "Zandberg"], lambda config: config.region.villages[0]),
        ("migration.service_villages", ["*"], lambda config: config.migration.service_villages[0]),
        ("convenant.social_activation.villages", ["*"], lambda config: config.convenant.social_activation.villages[0]),
        ("volunteers.key_stops", [{"village": "*", "start": date(2020, 1, 1)}],
         lambda config: config.volunteers.key_stops[0].village),
    ],
)  # fmt: skip
def test_a_place_is_found_however_it_is_written(written, key, value, found_in):
    def filled(one, name):
        return one | {"village": name} if isinstance(one, dict) else one.replace("*", name)

    config, plain = (load(key, [filled(one, name) for one in value]) for name in (written, NAME))
    assert found_in(config) == NAME
    assert run_id(config, 0, "sources", "data") == run_id(plain, 0, "sources", "data")


def load(key, value):
    return load_config(TODAY, {key: value})


def test_python_may_write_names_in_every_way_too():
    assert RunConfig.model_validate({"region": {"villages": WAYS[:1]}}).region.villages == (NAME,)


def test_two_ways_of_one_name_are_one_village():
    with pytest.raises(ConfigError) as caught:
        load("region.villages", WAYS[:2])
    assert [one.message for one in caught.value.problems] == [f"'{NAME}' is named twice"]


@pytest.mark.parametrize("key", ["migration.service_villages", "convenant.social_activation.villages"])
def test_every_list_of_villages_names_villages_and_each_once(key):
    with pytest.raises(ConfigError) as caught:
        load(key, [*WAYS[:2], "2e Exloërmont"])
    assert [(one.key, one.message.partition(" is ")[2]) for one in caught.value.problems] == [
        (f"{key}.1", "named twice"),
        (f"{key}.2", f"not a village{' of this run' * ('convenant' in key)}"),
    ]
    assert caught.value.problems[1].hint == f"did you mean '{NAME}'?"


@pytest.mark.parametrize("written", ["Thuiszorg_A", "thuiszorg-a", " Thuiszorg  A ", "THUISZORG_Á"])
def test_a_provider_is_found_however_it_is_written(written):
    visits = [{"provider": name, "village": NAME} for name in (written, "thuiszorg_a")]
    config, plain = (load("nights.fixed_visits", [visit]) for visit in visits)
    assert config.nights.fixed_visits[0].provider == "thuiszorg_a"
    assert run_id(config, 0, "sources", "data") == run_id(plain, 0, "sources", "data")
    with pytest.raises(ConfigError) as caught:
        load("nights.fixed_visits", [{"provider": "Thuiszorg_H", "village": NAME}])
    assert caught.value.problems[0].hint.startswith("did you mean 'thuiszorg_")


@pytest.mark.parametrize(
    ("products", "key", "message"),
    [
        ([], "providers.0.products", "the list is empty"),
        (["household_help"] * 2, "providers.0.products.1", "'household_help' is named twice"),
    ],
)
def test_a_provider_has_products_and_each_once(products, key, message):
    with pytest.raises(ConfigError) as caught:
        load("providers", [{"id": "a", "products": products}])
    assert [(one.key, one.message) for one in caught.value.problems] == [(key, message)]


def test_a_name_that_is_none_has_a_suggestion():
    with pytest.raises(ConfigError) as caught:
        load("region.villages", ["2e Exloërmont"])
    assert caught.value.problems[0].hint == f"did you mean '{NAME}'?"


def test_no_two_places_fold_to_one_name():
    tables = load_tables()
    names = {*tables.village_names, *tables.group_names}
    assert len({folded(name) for name in names}) == len(names)
    for base in tables.base_names:
        assert all(folded(base) != folded(name) or base == name for name in names)
