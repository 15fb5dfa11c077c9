"""The encoder for statements, where it is ready: half a second to open, so only for what a person waits for anyway."""

from library.errors import LabtopError
from library.settings import Settings
from planner.hypotheses.duplicates import Encode


def encoder_of(settings: Settings) -> Encode | None:
    """What turns statements into unit vectors; None where the model was not converted yet (labtop index does)."""
    from library.vectors.question import QuestionEncoder

    try:
        return QuestionEncoder.open(settings).encode_documents
    except LabtopError:
        return None
