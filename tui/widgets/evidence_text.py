"""What speaks for and against a hypothesis, side by side where there is room: neither side stands before the other."""

from collections.abc import Sequence
from datetime import date

from textual.content import Content

from library.text import counted
from planner.hypotheses.model import Counted, Evidence, HypothesisDetail
from tui.dates import shown_day
from tui.safe import line, literal
from tui.widgets.text_parts import column_width, hung, joined, side_by_side

BAR = "▏ "
TWO_COLUMNS = 88  # cells, from which on both sides stand beside one another
_SIGNS = {"for": ("+", "$success"), "against": ("−", "$error"), "context": ("·", "$quiet")}


def evidence_lines(detail: HypothesisDetail, today: date, width: int) -> list[Content]:
    """For and against, then what is only context."""
    balance = detail.balance
    pieces = {side: [each for each in detail.evidence if each.stance == side] for side in ("for", "against", "context")}
    wide = width >= TWO_COLUMNS
    each = column_width(width) if wide else width
    left = [*_head("for", balance.supporting, each), *_pieces(pieces["for"], today, each)]
    right = [*_head("against", balance.opposing, each), *_pieces(pieces["against"], today, each)]
    lines = [Content(""), *(side_by_side(left, right, width) if wide else [*left, Content(""), *right])]
    if pieces["context"]:
        lines += [Content(""), *_head("context", balance.context, width), *_pieces(pieces["context"], today, width)]
    return lines


def _head(side: str, count: Counted, width: int) -> list[Content]:
    sign, style = _SIGNS[side]
    head = Content.styled(f"{sign} {side}   ", f"bold {style}")
    return hung(head, Content.styled(counted_side(count), "$quiet"), width)


def counted_side(count: Counted) -> str:
    """ "3 sentences of 2 papers, 1 verdict (2 direct, 1 indirect)"."""
    if not count.total:
        return "nothing is recorded"
    parts = [f"{counted(count.sentences, 'sentence')} of {counted(count.papers, 'paper')}"] if count.sentences else []
    parts += [counted(count.verdicts, "verdict")] if count.verdicts else []
    parts += [counted(count.runs, "run")] if count.runs else []
    told = f"{count.direct} direct, {count.indirect} indirect" if count.direct or count.indirect else ""
    return ", ".join(parts) + (f" ({told})" if told else "")


def _pieces(pieces: Sequence[Evidence], today: date, width: int) -> list[Content]:
    return [text for number, piece in enumerate(pieces) for text in _piece(piece, today, width, first=number == 0)]


def _piece(piece: Evidence, today: date, width: int, *, first: bool) -> list[Content]:
    """The quote (or the verdict), then where it is from and what is said of it; a bar beside all of it."""
    room = width - len(BAR)
    lines: list[Content] = []
    if piece.verdict is not None:
        said = Content.assemble((f"V-{piece.verdict.id} {line(piece.verdict.headline)}", "bold"))
        lines += hung("", Content.assemble(said, ": ", line(piece.verdict.summary)), room)
    elif piece.quote is not None:
        lines += hung("", literal(f"“{line(piece.quote)}”"), room)
    else:
        lines += hung("", f"run {line(piece.run or '')}", room)
    if piece.kind == "paper":
        source = "summary, not the authors' words" if piece.summary else piece.source or ""
        version = f" v{piece.version}" if piece.version else ""
        where = f"{line(piece.origin)}{version}, {source} · {line(piece.paper_title or '')}"
        lines += hung("", Content.styled(where, "$quiet"), room)
    by = f"{line(piece.person)}, {shown_day(piece.at[:10], today)}"
    step = f"{piece.scale:+d} ".replace("-", "−") if piece.scale else ""
    scale = f"{step}{piece.label}" if piece.label else ""
    lines += hung("", joined((scale, piece.directness or "", by)).stylize("$quiet"), room)
    for note in (piece.note or "").splitlines():
        lines += hung(Content.styled("✎ ", "$accent"), literal(line(note)), room)
    for why in piece.stale:
        lines += hung(Content.styled("◌ ", "$warning"), Content.styled(line(why), "$warning"), room)
    _, style = _SIGNS[piece.stance]
    barred = [Content.styled(BAR, style) + text for text in lines]
    return barred if first else [Content(""), *barred]
