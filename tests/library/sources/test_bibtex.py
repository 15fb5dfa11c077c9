"""BibTeX as people keep it: what each entry becomes, and that a broken one does not take the others with it."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.papers.model import Author, PaperDraft
from library.sources import BadRecord, Record
from library.sources.bibtex import read_bibtex
from library.sources.latex import latex_to_text
from library.sources.names import authors_of


def read(text: str | bytes) -> list[Record | BadRecord]:
    return list(read_bibtex(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def drafts(text: str | bytes) -> list[PaperDraft]:
    found = read(text)
    assert all(isinstance(item, Record) for item in found), found
    return [item.draft for item in found if isinstance(item, Record)]


def one(text: str | bytes) -> PaperDraft:
    (draft,) = drafts(text)
    return draft


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"G{\"o}del, Erd{\H o}s and Fran\r{u}", "Gödel, Erdős and Franů"),
        (r"na\"{\i}ve R\'{e}my C\^ot\'e {\c c} \k{a} {\ss} {\o} {\AA}", "naïve Rémy Côté ç ą ß ø Å"),
        ("{LSTM} networks: {A {Deep}} view", "LSTM networks: A Deep view"),
        (r"On $\ell_{1}$ and ${\rm GaN}$ norms", r"On $\ell_{1}$ and ${\rm GaN}$ norms"),
        (r"100\% sure & 5% of #1, a_b", "100% sure & 5% of #1, a_b"),
        ("a~b--c---d ``quoted''", "a b–c—d “quoted”"),
        (r"\emph{A} \textbf{B} {\em C} \foo{D}", "A B C D"),
        (r"\LaTeX{} and \TeX", "LaTeX and TeX"),
        (r"costs \$5 and $", "costs $5 and $"),
        (r"\url{http://a.b/c_d%20e}, \href{http://x}{text}", "http://a.b/c_d%20e, text"),
        ("{unbalanced", "unbalanced"),
        ("{" * 5_000 + "x" + "}" * 5_000, "x"),
        ("\\", ""),
    ],
)
def test_latex_becomes_text(latex: str, text: str) -> None:
    assert latex_to_text(latex) == text


@pytest.mark.parametrize(
    ("field", "authors", "cut"),
    [
        ("Ada Lovelace and Turing, Alan", [("Lovelace", "Ada"), ("Turing", "Alan")], False),
        ("Ludwig van Beethoven and de la Cruz, Maria", [("van Beethoven", "Ludwig"), ("de la Cruz", "Maria")], False),
        ("{World Health Organization} and Plato", [("World Health Organization", ""), ("Plato", "")], False),
        (r"{\O}ystein Ore and Erd{\H o}s, P{\'a}l", [("Ore", "Øystein"), ("Erdős", "Pál")], False),
        ("King, Jr., Martin Luther", [("King Jr.", "Martin Luther")], False),
        (r"Ada Lovelace and \L{}ukasz Kaiser", [("Lovelace", "Ada"), ("Kaiser", "Łukasz")], False),
        (r"\'Eric Foo AND {\O} and \'Alvarez, J.", [("Foo", "Éric"), ("Ø", ""), ("Álvarez", "J.")], False),
        ("A and and {B and C} and", [("A", ""), ("B and C", "")], False),
        ("Ada Lovelace and others", [("Lovelace", "Ada")], True),
        ("Lovelace, Ada et al.", [("Lovelace", "Ada")], True),
        ("{Barnes and Noble}", [("Barnes and Noble", "")], False),
        ("family=Beethoven, given=Ludwig, prefix=van", [("van Beethoven", "Ludwig")], False),
        ("Marchi, E., Cumani, S., Li, H.", [("Marchi", "E."), ("Cumani", "S."), ("Li", "H.")], False),
        (
            "Donghao Huang, Gauri Malwe, Zhaoxia Wang",
            [("Huang", "Donghao"), ("Malwe", "Gauri"), ("Wang", "Zhaoxia")],
            False,
        ),
        ("", [], False),
        (" and ", [], False),
    ],
)
def test_names(field: str, authors: list[tuple[str, str]], cut: bool) -> None:
    found, was_cut = authors_of(field)
    assert [(author.family, author.given) for author in found] == authors
    assert was_cut is cut


def test_strings_concatenation_and_case() -> None:
    draft = one(
        """@string{ACM = "Assoc. for Computing"}
        @STRING(jan2 = {January})
        @Article{K, TITLE = "The " # {First} # " one", journal = acm # { Machinery}, year = 2019, month = jun, day=3}"""
    )
    assert draft.title == "The First one"
    assert draft.journal_ref == "Assoc. for Computing Machinery"
    assert draft.published == "2019-06-03"


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("date = {2019-05-03/2019-05-05}", "2019-05-03"),
        ("date = {2019-05}", "2019-05"),
        ("year = {2012b}", "2012"),
        ("year = {in press}", None),
        ("year = 2017, month = {March}", "2017-03"),
        ("year = {c1985}", "1985"),
        ("year = 2017, month = {13}", "2017"),
        ("date = {2016~}", "2016"),
        ("month = may", None),
    ],
)
def test_dates(fields: str, published: str | None) -> None:
    assert one(f"@misc{{k, title = {{T}}, {fields}}}").published == published


@pytest.mark.parametrize(
    "fields",
    [
        "eprint = {1706.03762}, archivePrefix = {arXiv}, primaryClass = {cs.CL}",
        "eprint = {1706.03762v5}, eprinttype = {arxiv}",
        "eprint = {arXiv:1706.03762}",
        "journal = {arXiv preprint arXiv:1706.03762}",
        "journal = {CoRR}, volume = {abs/1706.03762}",
        "url = {https://arxiv.org/abs/1706.03762v5}",
        "doi = {10.48550/arXiv.1706.03762}",
        "note = {arXiv: 1706.03762 [cs.CL]}",
        r"url = {https://arxiv.org/pdf/1706.03762}, doi = {10.5555/3295222}",
    ],
)
def test_an_arxiv_paper_is_known_by_its_id_wherever_it_stands(fields: str) -> None:
    draft = one(f"@article{{v, title = {{T}}, {fields}}}")
    assert (draft.key, draft.kind) == ("1706.03762", "arxiv")
    assert draft.doi == ("10.5555/3295222" if "5555" in fields else None)


def test_other_archives_and_old_ids() -> None:
    assert one("@misc{k, title={T}, eprint={2345.67890}, eprinttype={jstor}}").kind == "reference"
    assert one("@misc{k, title={T}, eprint={9901001}, archivePrefix={hep-th}}").key == "hep-th/9901001"
    assert one("@misc{k, title={T}, eprint={math.GT/0309136}}").key == "math/0309136"


def test_a_doi_is_found_in_its_disguises() -> None:
    for value in ("https://doi.org/10.1145/ABC", "doi:10.1145/abc.", r"10.1145/abc"):
        assert one(f"@article{{k, title={{T}}, doi={{{value}}}}}").key == "doi:10.1145/abc"
    assert one(r"@article{k, title={T}, doi={10.1007/978-3\_1}}").key == "doi:10.1007/978-3_1"


def test_a_crossref_hands_on_what_the_child_lacks() -> None:
    child, _ = drafts(
        """@inproceedings{c, title={Child}, author={A. B}, crossref={P}}
        @proceedings{P, title={The Meeting}, year=2020, editor={E. F}, publisher={X}}"""
    )
    assert child.title == "Child"
    assert child.journal_ref == "The Meeting"
    assert child.published == "2020"
    assert [author.name for author in child.authors] == ["A. B"]
    assert child.extra["entry"]["fields"]["booktitle"] == "The Meeting"


def test_duplicate_keys_and_fields_lose_nothing() -> None:
    first, second, third = drafts("@misc{k, title={One}}\n@misc{k, title={Two}}\n@misc{l, title={Three}, title={Four}}")
    assert [first.title, second.title, third.title] == ["One", "Two", "Three"]
    assert len({first.key, second.key, third.key}) == 3


def test_one_work_has_one_key_whatever_its_citation_key_and_accents() -> None:
    ours, theirs = drafts(
        r"""@article{x1, title={On {G\"odel}'s Proof}, author={Jos\'e Garc\'ia}, year=2001}
        @misc{other, title={On Gödel's proof}, author={García, José}, year={2001}}"""
    )
    assert ours.key == theirs.key
    assert ours.key.startswith("ref:garcia2001-")


def test_what_an_entry_said_is_kept() -> None:
    draft = one(
        r"""@InCollection{smith:2020, title={A {\'E}tude}, author={Smith, J.}, pages={1--9}, file={/home/x.pdf},
        keywords={graphs; Deep Learning, graphs}, abstract={One.

        Two \& three.}}"""
    )
    entry = draft.extra["entry"]
    assert (entry["type"], entry["key"], entry["latex"]) == ("incollection", "smith:2020", True)
    assert entry["fields"]["title"] == r"A {\'E}tude"
    assert "file" not in entry["fields"]
    assert draft.extra["keywords"] == ["graphs", "Deep Learning"]
    assert draft.tags == ()
    assert draft.abstract == "One.\n\nTwo & three."
    assert draft.text_kind == "abstract"


def test_a_broken_entry_is_named_and_the_rest_goes_in() -> None:
    found = read("@misc{a, title={A}}\n\n@misc{b, title={B\n\n@misc{c, title={C}}\n@misc{empty,\n}\nplain comment")
    good = [item.draft.title for item in found if isinstance(item, Record)]
    bad = [item for item in found if isinstance(item, BadRecord)]
    assert good == ["A", "C"]
    assert {item.line for item in bad} == {3, 6}
    assert any("no title" in item.reason for item in bad)
    assert any("title={B" in item.raw for item in bad)


def test_entries_without_a_key_as_endnote_writes_them() -> None:
    assert one("@article{\n  author = {A B},\n  title = {T}\n}").title == "T"


def test_text_is_cleaned() -> None:
    draft = one("@misc{k, title={A \x1b[31mred\u202e one}, author={B\x07ad Name}}")
    assert draft.title == "A red one"
    assert draft.authors[0] == Author("Bad Name", "Name", "Bad")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "@misc{k, title={Größe und Maß: über die Lösung}, author={Jürgen Müller}, year=2001}"
    assert one(text.encode(encoding)).title == "Größe und Maß: über die Lösung"


@pytest.mark.parametrize(
    "text", ["", "no bibtex at all", "@", "@misc", "@misc{", "@misc{k", "@comment{x}", "@string{a", "{" * 10_000]
)
def test_what_holds_no_entry(text: str) -> None:
    assert all(isinstance(item, BadRecord) for item in read(text))


bibtexish = st.text(alphabet=st.sampled_from('@{}(),="#\\%$&~ \nabcTitle1\'"é'), max_size=80)


@given(bibtexish, bibtexish)
def test_no_text_raises(before: str, value: str) -> None:
    for text in (before, f"@misc{{k, title={{{value}}}, author={{{before}}}, year={{{before}}}}}"):
        for item in read(text):
            assert isinstance(item, (Record, BadRecord))


@given(st.text(max_size=60))
def test_latex_never_raises(text: Any) -> None:
    assert "\n" not in latex_to_text(text)


def test_an_entry_without_a_key_lends_nothing_to_others() -> None:
    alone, other = drafts("@article{, title={Alone}, year=2005}\n@article{k, title={Other}, author={A. B}}")
    assert alone.title == "Alone"
    assert (other.title, other.published, other.journal_ref) == ("Other", None, None)
    assert "booktitle" not in other.extra["entry"]["fields"]


@pytest.mark.parametrize(
    ("fields", "venue"),
    [
        ("journal={arXiv preprint arXiv:1706.03762}", None),
        ("journal={CoRR}, volume={abs/1706.03762}", None),
        ("journal={Archive of Things}, eprint={1706.03762}", "Archive of Things"),
        ("journal={Correlations}, eprint={1706.03762}", "Correlations"),
    ],
)
def test_arxiv_itself_is_no_journal(fields: str, venue: str | None) -> None:
    draft = one(f"@article{{k, title={{T}}, {fields}}}")
    assert (draft.key, draft.journal_ref) == ("1706.03762", venue)
