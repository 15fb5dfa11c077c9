"""Real PDFs, made with reportlab: of several pages, encrypted, of pictures only, damaged."""

import io
from collections.abc import Sequence
from functools import lru_cache

TITLE = "Late Interaction for Dense Retrieval of Scientific Sentences"
FIRST = (
    TITLE,
    "Ada Lovelace and Alan Turing",
    "Abstract",
    "We show that late interaction beats distil-",
    "lation on short queries, and what it costs. The index is",
    "three times as large as that of a single vector.",
)
SECOND = (
    "2 Results",
    "On sentences of papers the multi-",
    "vector model gains 1.8 points. A multi-vector index is big.",
)
THIRD = ("3 Limits", "Quixotic evaluations of efficient models need more than one collection.")


def pdf(
    pages: Sequence[Sequence[str]] = (FIRST, SECOND, THIRD), *, stamp: str = "", password: str = "", title: str = ""
) -> bytes:
    """A PDF with these lines on its pages; `stamp` as arXiv prints it up the margin of the first."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    encrypt = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(out, invariant=1, encrypt=encrypt)
    canvas.setTitle(title)
    for number, lines in enumerate(pages):
        if number == 0 and stamp:
            canvas.saveState()
            canvas.rotate(90)
            canvas.drawString(200, -30, stamp)
            canvas.restoreState()
        for place, line in enumerate(lines):
            canvas.drawString(72, 760 - 14 * place, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@lru_cache(maxsize=1)
def pictures() -> bytes:
    """Two pages of boxes: no text layer."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for _ in range(2):
        canvas.rect(72, 72, 400, 600, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@lru_cache(maxsize=1)
def many_pages(count: int = 5_000) -> bytes:
    """A PDF of thousands of pages that share one content stream, so that it is made in no time."""
    content = b"BT /F1 12 Tf 72 700 Td (Late interaction for dense retrieval of scientific sentences.) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b" ".join(b"%d 0 R" % n for n in range(5, 5 + count))),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>"
        ]
        * count,
    ]
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
