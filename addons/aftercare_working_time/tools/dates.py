"""Dates as people of a language write them."""

from babel.dates import format_skeleton

from odoo.tools import babel_locale_parse, get_lang


def format_day(env, day, skeleton='yMMMEd', lang=None):
    """A date by CLDR skeleton, such as `yMMMEd` → "Sat, Feb 14, 2026" or "2026年2月14日周六".

    :param lang: language code; the user's by default
    """
    locale = babel_locale_parse(lang or get_lang(env).code)
    return format_skeleton(skeleton, day, locale=locale)
