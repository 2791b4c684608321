"""Uploads: kept in memory up to the limit of one file, and read past it without keeping anything."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from canbao.channels.evidence import LARGEST_FILE

MOST_READ = 64 * 1024**2  # a body beyond this is not even read to its end


class Bounded(FileUploadHandler):
    """One upload handler for all forms; a file too large is marked on the request, and the fields stay."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Remember how much is announced."""
        self._announced = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, or give the file up."""
        if start + len(raw_data) > LARGEST_FILE:
            self.request.upload_too_large = True  # type: ignore[union-attr]
            self._kept = BytesIO()
            raise StopUpload(connection_reset=True) if self._announced > MOST_READ else SkipFile
        self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The whole file, if it was small enough."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            self._kept,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            file_size,
            self.charset,
        )


def uploaded(request: HttpRequest, field: str) -> bytes | str:
    """The bytes of one uploaded file; or why there are none: `nothing`, `too_large`."""
    if getattr(request, "upload_too_large", False):
        return "too_large"
    file = request.FILES.get(field)
    return file.read() if file else "nothing"
