"""The JSON schema of CSL input data: what of it an export may use, with its law that there are no other names.

After https://resource.citationstyles.org/schema/latest/input/json/csl-data.json (MIT licence), version 1.0.2.
"""

from typing import Any

_TEXTS = (
    *("abstract", "annote", "archive", "archive_collection", "archive_location", "archive-place", "authority"),
    *("call-number", "collection-title", "container-title", "container-title-short", "dimensions", "division", "DOI"),
    *("event", "event-place", "genre", "ISBN", "ISSN", "journalAbbreviation", "jurisdiction", "keyword", "language"),
    *("medium", "note", "original-publisher", "original-title", "part-title", "PMCID", "PMID", "publisher"),
    *("publisher-place", "references", "scale", "section", "shortTitle", "source", "status", "title", "title-short"),
    *("URL", "version", "year-suffix"),
)
_TEXTS_OR_NUMBERS = (
    *("id", "chapter-number", "citation-number", "collection-number", "edition", "issue", "locator", "number"),
    *("number-of-pages", "number-of-volumes", "page", "page-first", "part", "printing", "supplement", "volume"),
)
_NAMES = ("author", "collection-editor", "container-author", "contributor", "director", "editor", "translator")
_DATES = ("accessed", "available-date", "event-date", "issued", "original-date", "submitted")
_TYPES = (
    *("article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter"),
    *("classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "figure"),
    *("graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture"),
    *("musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical"),
    *("personal_communication", "post", "post-weblog", "regulation", "report", "review", "review-book", "software"),
    *("song", "speech", "standard", "thesis", "treaty", "webpage"),
)
_NAME = {
    "type": "object",
    "properties": {
        **{
            part: {"type": "string"}
            for part in ("family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal")
        },
        **{part: {"type": ["string", "number", "boolean"]} for part in ("comma-suffix", "static-ordering")},
    },
    "additionalProperties": False,
}
_DATE = {
    "type": "object",
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": ["string", "number"]}},
        },
        "season": {"type": ["string", "number"]},
        "circa": {"type": ["string", "number", "boolean"]},
        "literal": {"type": "string"},
        "raw": {"type": "string"},
    },
    "additionalProperties": False,
}
CSL_DATA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": list(_TYPES)},
            "categories": {"type": "array", "items": {"type": "string"}},
            "custom": {"type": "object"},
            **{name: {"type": "string"} for name in _TEXTS},
            **{name: {"type": ["string", "number"]} for name in _TEXTS_OR_NUMBERS},
            **{name: {"type": "array", "items": _NAME} for name in _NAMES},
            **{name: _DATE for name in _DATES},
        },
        "required": ["type", "id"],
        "additionalProperties": False,
    },
}
