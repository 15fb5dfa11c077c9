"""What the user chose: `settings.toml` in the workspace. Strict: an unknown key is an error that names the nearest."""

import difflib
import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from library.atomic import write_atomic
from library.errors import UsageError


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Which announcements are followed, and where arXiv is. `contact` goes into the User-Agent, as arXiv asks."""

    categories: tuple[str, ...] = ()
    contact: str = ""
    days: int = 7
    api_url: str = "https://export.arxiv.org/api/query"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    feed_url: str = "https://rss.arxiv.org/atom"
    listing_url: str = "https://arxiv.org/list"
    pdf_url: str = "https://export.arxiv.org/pdf"
    datacite_url: str = "https://api.datacite.org/dois"
    crossref_url: str = "https://api.crossref.org/works"
    min_interval_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """The model that turns text into vectors. `device`: auto, cpu, cuda or mps."""

    model: str = "all-MiniLM-L6-v2"
    device: str = "auto"
    batch_size: int = 32


@dataclass(frozen=True, slots=True)
class TriageSettings:
    """What a day's papers look like. `share`: percent of the recent papers above the line, for those who laid none
    themselves; `explore`: papers a day that are picked to explore. `days`: how many announcement days back a person's
    inbox goes; `later_days`: after how many days what was put off comes back."""

    share: int = 10
    explore: int = 3
    days: int = 5
    later_days: int = 7


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """`in_progress`: how many papers a person reads at once before labtop asks whether they mean it; 0 never asks."""

    in_progress: int = 3


@dataclass(frozen=True, slots=True)
class EnrichmentSettings:
    """Which other services may be asked about papers: none, unless a person says so. Only ids are sent.

    What a service said is not asked again for `days` days. The environment's S2_API_KEY and OPENALEX_API_KEY go before
    the keys here. Keys are never shown, exported or put into a backup.
    """

    semantic_scholar: bool = False
    openalex: bool = False
    hf_daily: bool = False
    days: int = 14
    semantic_scholar_key: str = field(default="", repr=False)
    openalex_key: str = field(default="", repr=False)
    semantic_scholar_url: str = "https://api.semanticscholar.org"
    openalex_url: str = "https://api.openalex.org"
    hf_daily_url: str = "https://huggingface.co/api/daily_papers"


@dataclass(frozen=True, slots=True)
class ProgrammeSettings:
    """How the research programme is counted.

    A score's cost is GPU-hours × `gpu_hour_price` + people-days × `person_day_rate`, in the unit of payoffs; 0 is not
    priced: without a price of the GPU-hour, GPU-hours alone are the cost. A plan that uses more than
    `quarter_gpu_hours` needs the budget authority's approval; 0 is no such limit.
    `fiscal_month` is the first month of the fiscal year; a baseline older than `stale_baseline_days` is flagged.
    Authorities say who may approve what.
    """

    fiscal_month: int = 1
    gpu_hour_price: float = 0.0
    person_day_rate: float = 0.0
    quarter_gpu_hours: float = 0.0
    stale_baseline_days: int = 90
    promotion_authority: str = "research lead"
    data_authority: str = "data steward"
    budget_authority: str = "research lead"
    publication_authority: str = "publication board"
    launch_authority: str = "product owner"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a workspace, with their defaults."""

    name: str = ""
    theme: str = "labtop-dark"
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    triage: TriageSettings = field(default_factory=TriageSettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    enrichment: EnrichmentSettings = field(default_factory=EnrichmentSettings)
    programme: ProgrammeSettings = field(default_factory=ProgrammeSettings)


SECRETS = ("enrichment.semantic_scholar_key", "enrichment.openalex_key")  # settings that nobody is shown


def load_settings(path: Path) -> Settings:
    """Read `path`; a missing file gives the defaults. Raises UsageError naming file, key and the nearest valid key."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", mend="Mend it, or move it away.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", mend="Mend that line.") from error
    settings = Settings()
    for key, value in table.items():
        if key in ("arxiv", "encoder", "triage", "reading", "enrichment", "programme"):
            if not isinstance(value, dict):
                raise UsageError(f"{path}: [{key}] should be a table.")
            settings = replace(settings, **{key: _filled(path, getattr(settings, key), value, f"{key}.")})
        else:
            settings = _filled(path, settings, {key: value}, "")
    return settings


def save_settings(path: Path, settings: Settings) -> None:
    """Write `settings`, keeping the comments and order of the file that is there."""
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    defaults = asdict(Settings())
    for key, value in asdict(settings).items():
        if isinstance(value, dict):
            table = document.get(key)
            for name, inner in value.items():
                if inner != defaults[key][name] or (table is not None and name in table):
                    if table is None:
                        table = document[key] = tomlkit.table()
                        table = document[key]
                    table[name] = list(inner) if isinstance(inner, tuple) else inner
        elif value != defaults[key] or key in document:
            document[key] = value
    write_atomic(path, tomlkit.dumps(document))


def _filled(path: Path, into: Any, values: dict[str, Any], prefix: str) -> Any:
    known = {item.name: getattr(into, item.name) for item in fields(into)}
    changes: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f" Did you mean {prefix}{near[0]}?" if near else f" Known: {', '.join(sorted(known))}."
            raise UsageError(f"{path}: there is no setting {prefix}{key}.{hint}")
        changes[key] = _typed(path, f"{prefix}{key}", known[key], value)
    return replace(into, **changes)


def _typed(path: Path, key: str, default: Any, value: Any) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise UsageError(f'{path}: {key} should be a list of texts, such as ["cs.IR", "cs.CL"].')
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        wanted = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}[type(default)]
        raise UsageError(f"{path}: {key} should be {wanted}.")
    return value
