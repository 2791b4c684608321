"""补登号码: the ID number of a child that was registered by a birth certificate, on the same record (CZ-04, FY-09).

The number is claimed first, in its own bucket; then the person's row and the event are written. The old
number still leads to the same person.
"""

from canbao.basics.documents import BIRTH_CERTIFICATE, RESIDENT_ID, normal_name
from canbao.basics.refusals import BadInput, NotFound, StepNotDue
from canbao.records import sets
from canbao.records.models import Person
from canbao.records.moves import Journal
from canbao.records.people.changes.told import told
from canbao.records.people.find import find_named, find_person
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes.begun import number_begun
from canbao.services.people.registration.form import application_of, checked_document, form_of
from canbao.services.system import limits
from canbao.services.system.env import Env


def fill_in(env: Env, token: str, typed: str) -> None:
    """The same from the page of the application that registered the child. Raises as `put_number`, and NotFound."""
    application = application_of(token)
    form = form_of(env, application)
    if application.person_id is None or form.id_type != BIRTH_CERTIFICATE:
        raise NotFound
    limits.count(env, limits.PER_NUMBER, form.number)
    put_number(env, application.person_id, typed, application.area_code)


def by_certificate(env: Env, certificate: str, name: str) -> Person:
    """Whom a birth certificate's number registered, if the name fits too. Raises BadInput: nobody."""
    found = find_named(env.sealer, BIRTH_CERTIFICATE, certificate, normal_name(name))
    if found is None:
        raise BadInput(field="certificate", problem="没有用这个出生证编号和姓名登记的孩子。")
    return found


def put_number(env: Env, person_id: int, typed: str, area_code: str) -> None:
    """Give a person who has none yet an ID number. The same number again changes nothing.

    Raises:
        BadInput: no ID number, one of another birthday or sex, or one that leads to somebody else.
        StepNotDue: the person has another ID number; that is a change of record (CZ-03).
    """
    document = checked_document(typed, env.local_date(area_code))
    person = Person.objects.get(id=person_id)
    if document.id_type != RESIDENT_ID:
        raise BadInput(field="number", problem="请填 18 位身份证号。")
    if (document.birth_date, document.sex) != (person.birth_date, person.sex):
        raise BadInput(field="number", problem="号码里的出生日期或性别和登记的不一样。")

    def work() -> None:
        journal = env.journal()
        _claim(env, journal, person, document.number)
        if person.id_type == RESIDENT_ID:
            return  # given before
        without = Person.objects.filter(id=person.id, id_type=BIRTH_CERTIFICATE)
        sealed = env.sealer.seal_number(person.id, document.number)
        if not without.update(id_type=RESIDENT_ID, number_sealed=sealed):
            raise StepNotDue(state="刚刚补登过")  # by another hand; the number claimed above is free again
        written = told({"id_type": RESIDENT_ID, "number_sealed": sealed}, instead_of=person.id_type)
        journal.note("person", person.id, "NumberFilledIn", written)
        journal.write()

    in_one_transaction(work)


def _claim(env: Env, journal: Journal, person: Person, number: str) -> None:
    """Whoever claims a number first has it."""
    holder = find_person(env.sealer, RESIDENT_ID, number)
    if holder is None and person.id_type == RESIDENT_ID:
        raise StepNotDue(state="已有身份证号，请办信息变更")
    bucket = env.sealer.bucket(RESIDENT_ID, number)
    if holder is None:
        index = env.sealer.blind_index(RESIDENT_ID, number)
        made = sets.insert(
            "identifier",
            {
                "id": Column("int", env.new_ids("identifier", [bucket])),
                "bucket": Column("int", [bucket]),
                "id_type": Column("text", [RESIDENT_ID]),
                "blind_index": Column("text", [index]),
                "person_id": Column("int", [person.id]),
                "created_at": Column("instant", [env.now]),
            },
            "ON CONFLICT (bucket, id_type, blind_index) DO NOTHING RETURNING id",
        )
        for row in made:
            journal.note(
                "identifier", row["id"], "NumberClaimed", number_begun(RESIDENT_ID, index, person.id)
            )
        holder = find_person(env.sealer, RESIDENT_ID, number)
    if holder is None or holder.id != person.id:
        raise BadInput(field="number", problem="这个号码已经登记给另一个人，请带证件到窗口办。")
