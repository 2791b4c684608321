"""证明材料: photos and PDFs of an application: looked at, sealed byte for byte, handed out to the agency alone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from canbao.basics.refusals import EvidenceRefused, NotFound, StepNotDue
from canbao.channels.evidence import LARGEST_FILE, EvidenceUnfit, look_at
from canbao.records.models import Application, Evidence
from canbao.records.transactions import in_one_transaction
from canbao.services.people.registration.apply import OPEN_STATES
from canbao.services.people.registration.form import application_of
from canbao.services.system import limits
from canbao.services.system.env import Env

MOST_FILES = 6
LARGEST_MB = LARGEST_FILE // 1024**2
PROBLEMS = {
    "empty": "这个文件里没有内容，可能没有传完。",
    "too_large": f"文件太大，最大 {LARGEST_MB} MB。请把照片拍小一点。",
    "wrong_type": "只收照片（JPG、PNG）和 PDF。",
    "broken": "文件不完整，可能没有传完。",
    "too_many_points": "图片的尺寸大得不正常，没有打开。",
    "encrypted": "这个 PDF 有密码，请去掉密码再上传。",
    "active": "这个 PDF 带有程序或附件，没有打开。",
    "too_many": f"最多传 {MOST_FILES} 个文件。可以先删掉一个。",
    "nothing": "请先选一张照片或一个文件。",
}


@dataclass(frozen=True)
class File:
    """One file as pages and staff see it; its bytes are fetched one by one."""

    id: int
    media_type: str
    size_bytes: int
    sha256: str
    received_at: datetime

    @property
    def words(self) -> str:
        """照片，1.2 MB: what the owner recognises it by."""
        kind = "PDF" if self.media_type == "application/pdf" else "照片"
        kb = max(1, self.size_bytes // 1024)
        return f"{kind}，{kb} KB" if kb < 1024 else f"{kind}，{kb // 1024}.{kb % 1024 * 10 // 1024} MB"


def refused(reason: str) -> EvidenceRefused:
    """The refusal of a file, in words."""
    return EvidenceRefused(problem=PROBLEMS[reason])


def add(env: Env, token: str, body: bytes, address: str) -> None:
    """Keep one file of an application that is still open; the same bytes again change nothing.

    Raises:
        NotFound, StepNotDue, TooManyTries. EvidenceRefused: the bytes are no photo or PDF, or there are too many files.
    """
    application = _open(token)
    limits.count(env, limits.UPLOADS, address)
    try:
        seen = look_at(body)
    except EvidenceUnfit as unfit:
        raise refused(unfit.reason) from None
    digest = hashlib.sha256(body).hexdigest()
    held = Evidence.objects.filter(application=application.id)
    if held.exclude(sha256=digest).count() >= MOST_FILES:
        raise refused("too_many")

    def work() -> None:
        journal = env.journal()
        row = Evidence(
            id=env.new_id("evidence", application.id),
            application_id=application.id,
            media_type=seen.media_type,
            size_bytes=len(body),
            sha256=digest,
            body_sealed=env.sealer.seal_bytes(body, _place(application.id, digest)),
            received_at=env.now,
        )
        made = Evidence.objects.bulk_create([row], ignore_conflicts=True)
        journal.note("evidence", made[0].id, "EvidenceReceived", {"sha256": digest})
        journal.write()

    if not held.filter(sha256=digest).exists():
        in_one_transaction(work)


def drop(env: Env, token: str, evidence_id: int) -> None:
    """Take a file back while the application is open; that it was taken back stays in the journal."""
    application = _open(token)

    def work() -> None:
        journal = env.journal()
        gone, _ = Evidence.objects.filter(id=evidence_id, application=application.id).delete()
        if gone:
            journal.note("evidence", evidence_id, "EvidenceTakenBack")
        journal.write()

    in_one_transaction(work)


def files_of(application_id: int) -> list[File]:
    """The files of an application, the first received first."""
    rows = Evidence.objects.filter(application=application_id).order_by("received_at", "id")
    names = ("id", "media_type", "size_bytes", "sha256", "received_at")
    return [File(*row) for row in rows.values_list(*names)]


def body_of(env: Env, application_id: int, evidence_id: int) -> bytes:
    """The bytes as they were received. Raises NotFound."""
    row = Evidence.objects.filter(id=evidence_id, application=application_id).first()
    if row is None:
        raise NotFound
    return env.sealer.open_bytes(bytes(row.body_sealed), _place(application_id, row.sha256))


def _open(token: str) -> Application:
    application = application_of(token)
    if application.state not in OPEN_STATES:
        raise StepNotDue(state="已提交")
    return application


def _place(application_id: int, digest: str) -> str:
    return f"evidence:body:{application_id}:{digest}"
