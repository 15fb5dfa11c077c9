"""Evidence from any list of papers: + or - and enter put the best sentence beside the hypothesis used last."""

from textual import work

from planner.hypotheses.linking import candidates, targets
from planner.hypotheses.scale import Stance
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.proposing import Proposing


class EvidenceActions(Proposing):
    """Acts on the paper under the cursor."""

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="link a sentence")
    async def action_evidence(self, stance: str = "") -> None:
        """Link a sentence of this paper to a hypothesis; `stance` is what enter stores."""
        from tui.screens.link import LinkScreen

        row = self.table.row(self.table.cursor_id) if self.table.cursor_id is not None else None
        offered = list(await self.ctx.read(targets, self.ctx.person, row.id)) if row is not None else []
        if row is None or not offered:
            self.app.release_keys()
            if row is not None:
                self.notify("Write one first: 6, then n.", title="There is no hypothesis to link to", markup=False)
            return
        offered.sort(key=lambda target: target.id != self.app.linking)
        found = await self.ctx.read(candidates, offered[0].id, row.id)
        if not found:
            self.app.release_keys()
            self.notify("It has neither a title nor a text.", title="Nothing of this paper can be quoted", markup=False)
            return
        chosen: Stance | None = {"for": "for", "against": "against", "context": "context"}.get(stance)  # type: ignore[assignment]
        linked = await self.app.push_screen_wait(LinkScreen(row.id, row.title, offered, found, chosen))
        if linked is not None:
            self.app.linking = linked.hypothesis_id
            self.notify(line(linked.summary), markup=False, timeout=4)
