"""The official lists of public holidays, as the `holidays` library knows them."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import holidays


class HolidayDay(NamedTuple):
    """One date of an official list.

    `kind` is 'holiday' or 'makeup'; `replaces` is the day off that a make-up workday pays for.
    """

    date: date
    kind: str
    name: str
    replaces: date | None = None


@lru_cache(maxsize=1)
def get_supported_countries():
    """:return: dict country code → tuple of subdivision codes."""
    return {
        code: tuple(subdivisions)
        for code, subdivisions in holidays.list_supported_countries(include_aliases=False).items()
        if len(code) == 2
    }


@lru_cache(maxsize=64)
def get_subdivisions(country):
    """:return: list of (code, name) of the parts of a country with own holidays, sorted by name."""
    if country not in get_supported_countries():
        return []
    aliases = _open_list(country).get_subdivision_aliases()
    pairs = [(code, names[0] if names else code) for code, names in aliases.items()]
    return sorted(pairs, key=lambda pair: pair[1])


@lru_cache(maxsize=64)
def get_languages(country):
    """:return: the language codes the names are available in, the country's own first."""
    if country not in get_supported_countries():
        return []
    entity = _open_list(country)
    own = entity.default_language
    others = [code for code in entity.supported_languages if code != own]
    return [own, *others] if own else others


def choose_language(country, wanted):
    """The best language of the list for a locale such as `zh_CN` or `es`; None for the default."""
    available = get_languages(country)
    short = (wanted or '').split('_')[0]
    candidates = [code for code in available if code == wanted]
    candidates += [code for code in available if short and code.split('_')[0] == short]
    return candidates[0] if candidates else next(iter(available), None)


def get_days(country, subdivision, years, language=None):
    """The public holidays and make-up workdays of some years.

    :param country: ISO 3166-1 alpha-2 code
    :param subdivision: code as in `get_subdivisions`, or None
    :param language: one of `get_languages`; None for the country's own
    :return: list of HolidayDay, sorted by date
    :raises NotImplementedError: when the country or subdivision is unknown
    """
    years = set(years)
    # A day off may be paid for in the year before or after.
    entity = _open_list(country, subdivision, {y + n for y in years for n in (-1, 0, 1)}, language)
    paid_by = _get_substitutions(entity)
    days = [HolidayDay(day, 'holiday', name) for day, name in entity.items() if day.year in years]
    days += [
        HolidayDay(day, 'makeup', entity.get(paid_by.get(day)) or '', paid_by.get(day))
        for day in entity.weekend_workdays
        if day.year in years
    ]
    return sorted(days, key=lambda day: (day.date, day.kind))


def is_complete(country, year, today):
    """Whether the library has the whole official list of a year.

    Some countries, such as China, announce late in the year which weekend days will be worked in the next.
    Until then the library only has the days fixed by law.
    """
    if country not in get_supported_countries():
        return True
    announced = _get_announced_years(_open_list(country))
    last = max(announced, default=0)
    # A country that gave up the practice years ago has nothing to announce.
    return year <= last or last < today.year - 2


def _open_list(country, subdivision=None, years=None, language=None):
    return holidays.country_holidays(
        country, subdiv=subdivision or None, years=years, language=language or None
    )


def _get_entries(entity):
    """Year and entry of each substitution: (month, day, from month, from day[, from year])."""
    for year, entries in getattr(entity, 'special_public_holidays', {}).items():
        for entry in entries if isinstance(entries[0], tuple) else (entries,):
            if len(entry) >= 4:
                yield year, entry


def _get_announced_years(entity):
    return {year for year, _entry in _get_entries(entity)}


def _get_substitutions(entity):
    """:return: dict make-up workday → day off it pays for."""
    return {
        date(entry[4] if len(entry) > 4 else year, entry[2], entry[3]): date(
            year, entry[0], entry[1]
        )
        for year, entry in _get_entries(entity)
    }
