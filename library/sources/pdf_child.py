"""Reads one PDF in a process of its own: `python -P pdf_child.py FILE`, one JSON object on standard output.

A PDF is a program in disguise: it can be made to loop, to recurse, or to unpack into gigabytes. Here it may take its
time and memory, and be ended, without taking the workspace with it. Standard error says how far it is, a line a page
("12 300"); when standard input ends, whoever asked has gone, and so does this.
"""

import json
import logging
import os
import sys
import threading
import time

MAX_PAGES, MAX_CHARACTERS = 2_000, 4_000_000
MEMORY = 2 << 30  # bytes of address space
SECONDS, ENOUGH = 90, 75  # seconds of processor: the end, and when no further page is begun
NICENESS = 10


def main() -> None:
    """Print what was found: state (text, empty, encrypted, broken), pages, texts (one a page), title, author."""
    threading.Thread(target=_until_nobody_waits, daemon=True).start()
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


def _until_nobody_waits() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _limit() -> None:
    os.nice(NICENESS)
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
    texts: list[str] = []
    size = unreadable = 0
    for number in range(min(pages, MAX_PAGES)):
        try:
            text = reader.pages[number].extract_text() or ""
        except (MemoryError, RecursionError):
            if number == 0:
                raise
            break  # what the pages before it say is worth having
        except Exception:  # one page that pypdf cannot read
            text, unreadable = "", unreadable + 1
        texts.append(text)
        size += len(text)
        print(number + 1, pages, file=sys.stderr, flush=True)
        if size > MAX_CHARACTERS or time.process_time() > ENOUGH:
            break
    information: dict[str, object] = dict(reader.metadata or {})
    return {
        "state": "text" if any(text.strip() for text in texts) else "empty",
        "pages": pages,
        "unreadable": unreadable,
        "texts": texts,
        "title": str(information.get("/Title") or ""),
        "author": str(information.get("/Author") or ""),
    }


if __name__ == "__main__":
    main()
