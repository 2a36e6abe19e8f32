"""Fills a template by a seed: one choice of groups and words, said in four languages."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from data_preparation.functional.book import GROUPS, Book
from data_preparation.functional.tamil import SUFFIXES, decline
from data_preparation.functional.template import Template, slots
from data_preparation.grammar.draw import SLOT, put
from data_preparation.grammar.files import LANGUAGES, Group, Line

ALTERNATIVES = " // "  # between ways to say a template in one language
FORMS = "|"  # between forms of a slot's value; {hate.2} asks for the second
TAMIL = LANGUAGES.index("ta")
SUFFIX = {"acc": "-ஐ", "dat": "-க்கு", "gen": "-இன்", "soc": "-உடன்"}  # after an English name


@dataclass(frozen=True)
class Choice:
    """Who is spoken of, and what stands in the other slots."""

    groups: Mapping[str, Group]
    words: Mapping[str, Line]


def choose(book: Book, template: Template, rng: random.Random) -> Choice:
    """One filling of `template`; its groups differ from each other."""
    drawn = rng.sample(sorted(book.groups), len(GROUPS))
    groups = {name: book.groups[one] for name, one in zip(GROUPS, drawn, strict=True)}
    category = groups["who"].category if "who" in template.slots else ""
    return Choice(groups, _words(book, template, category, rng))


def _words(book: Book, template: Template, category: str, rng: random.Random) -> dict[str, Line]:
    """What stands in each slot but those of groups, and in the slots of what stands there."""
    words: dict[str, Line] = {}
    names = [name for name in template.slots if name not in GROUPS]
    while names:
        name = names.pop()
        words[name] = rng.choice(book.values(name, category))
        within = slots(words[name])
        names += [one for one in within if one not in words and one not in GROUPS]
    return words


def fill(template: Template, choice: Choice, place: int, guest: int, rng: random.Random) -> str:
    """`template` in the language at `place`; groups are called as in the language at `guest`."""
    line = rng.choice(template.line[place].split(ALTERNATIVES))

    def value(slot: re.Match[str]) -> str:
        name, form = slot[2], slot[3] or ""
        if name in choice.groups:
            return put(slot, _name(choice.groups[name], form, place, guest))
        return put(slot, _word(choice.words[name][place], form, place))

    while SLOT.search(line):  # a slot's value may have slots of its own
        line = SLOT.sub(value, line)
    return line


def _name(group: Group, form: str, place: int, guest: int) -> str:
    if guest != place and place == TAMIL:
        return group.form(guest, "who") + SUFFIX.get(form, "")
    return group.form(guest, form or "who")


def _word(value: str, form: str, place: int) -> str:
    forms = value.split(FORMS)
    if form.isdigit():
        return forms[min(int(form), len(forms)) - 1]
    return decline(forms[0], form) if form in SUFFIXES and place == TAMIL else forms[0]
