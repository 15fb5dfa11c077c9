"""Reads one PDF in a process of its own: `python -P pdf_child.py FILE`, one JSON object on standard output.

A PDF is a program in disguise: it can be made to loop, to recurse, or to unpack into gigabytes. Here it may take its
time and memory, and be ended, without taking the workspace with it.
"""

import json
import logging
import sys

MAX_PAGES, MAX_CHARACTERS = 2_000, 4_000_000
MEMORY, SECONDS = 2 << 30, 90  # bytes of address space, seconds of processor


def main() -> None:
    """Print what was found: state (text, empty, encrypted, broken), pages, text, title, author, reason."""
    _limit()
    logging.disable(logging.CRITICAL)
    try:
        found = _read(sys.argv[1])
    except MemoryError:
        found = {"state": "broken", "reason": "it unpacks into more memory than a document needs"}
    except RecursionError:
        found = {"state": "broken", "reason": "its structure is nested without end"}
    except Exception as error:  # pypdf raises whatever a damaged file drives it to
        found = {"state": "broken", "reason": f"{type(error).__name__}: {error}"[:300]}
    json.dump(found, sys.stdout)


def _limit() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    except (ImportError, ValueError, OSError):
        pass  # not on this system: the parent's clock still holds


def _read(path: str) -> "dict[str, object]":
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = pypdf.PdfReader(path, strict=False)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            return {"state": "encrypted"}
        pages = len(reader.pages)
    except (DependencyError, FileNotDecryptedError, NotImplementedError):
        return {"state": "encrypted"}
    parts, size = [], 0
    for number in range(min(pages, MAX_PAGES)):
        try:
            text = reader.pages[number].extract_text() or ""
        except (MemoryError, RecursionError):
            raise
        except Exception:  # one page that pypdf cannot read; `pages_read` tells that it is missing
            continue
        parts.append(text)
        size += len(text)
        if size > MAX_CHARACTERS:
            break
    text = "\n\n".join(parts)[:MAX_CHARACTERS]
    information: dict[str, object] = dict(reader.metadata or {})
    return {
        "state": "text" if text.strip() else "empty",
        "pages": pages,
        "pages_read": len(parts),
        "text": text,
        "title": str(information.get("/Title") or ""),
        "author": str(information.get("/Author") or ""),
    }


if __name__ == "__main__":
    main()
