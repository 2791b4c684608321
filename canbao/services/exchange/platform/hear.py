"""听: put down what was said of people, whichever way it came. The same again changes nothing."""

from collections.abc import Sequence
from datetime import date, datetime

from canbao.basics.areas import NATION
from canbao.channels.platform import Insured
from canbao.records.models import PlatformAsk
from canbao.records.moves import Journal
from canbao.records.people.heard.fold import DEATH, Said, fold
from canbao.records.people.heard.words import FACT, Word, add, close, words_of
from canbao.services.system.env import Env

ROUNDS = 3  # another worker may put something down in the same moment; then it is looked at once more


def word_of(person_id: int, insured: Insured, as_of: datetime) -> Word:
    """An insured period as a word."""
    return Word(person_id, insured.scheme, insured.area_code, insured.from_date, insured.until_date, as_of)


def death_of(person_id: int, died_date: date, as_of: datetime) -> Word:
    """A death as a word: no place, the day itself."""
    return Word(person_id, DEATH, NATION, died_date, None, as_of)


def warm(env: Env, how_many: int) -> None:
    """Have the numbers ready, before the transaction."""
    env.serials.warm({FACT: how_many, "platform_ask": how_many, "event": 3 * how_many})


def put_down(journal: Journal, source: str, said: Sequence[Said]) -> int:
    """Take in what was said, inside the caller's transaction. Returns how many words are new."""
    people = sorted({one.person_id for one in said})
    asks = PlatformAsk.objects.filter(person__in=people, as_of__isnull=False)
    answered = {person_id: at for person_id, at in asks.values_list("person_id", "as_of") if at}
    new = 0
    for _ in range(ROUNDS):
        step = fold(words_of(people), said, answered)
        if step.is_nothing:
            break
        close(journal, "replaced", step.replaced)
        close(journal, "withdrawn", step.withdrawn)
        new += add(journal, source, step.added)
    return new
