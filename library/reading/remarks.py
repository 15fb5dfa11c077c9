"""The one line that stands for what was written on a paper: the newest of its notes and critiques."""

from typing import Final

# Of the paper `p` in the statement around it; a text of any number of lines, of which the first is shown.
_REMARK: Final = (
    "SELECT text FROM (SELECT n.body AS text, {note} AS own, n.updated_at AS at, n.id AS number"
    " FROM note n WHERE n.paper_id = p.id"
    " UNION ALL SELECT trim(coalesce(c.verdict || '/5 ', '') || coalesce(nullif(c.line, ''), c.claim, '')),"
    " {critique}, c.updated_at, c.id FROM critique c WHERE c.paper_id = p.id"
    ") WHERE text != '' ORDER BY own DESC, at DESC, number DESC LIMIT 1"
)
REMARK: Final = _REMARK.format(note="0", critique="0")
OWN_FIRST: Final = _REMARK.format(note="n.person = q.person", critique="c.person = q.person")  # of the entry `q`
