"""What a splitter of scientific English has to know by heart: abbreviations, and words that open a sentence."""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Something always follows these, in small letters or with a capital: a full stop behind them ends nothing.
NEVER_LAST: Final = _words(
    "e.g i.e eg ie cf vs viz w.r.t wrt s.t c.f n.b a.k.a aka fig figs eq eqs eqn eqns incl excl ibid"
)
# The same, where they are written with a capital: Sec. A, Dr. Who; but "the refs." and "200 ms." may end one.
NEVER_LAST_CAPITAL: Final = _words(
    "Sec Secs Sect Alg Algs Thm Thms Lem Def Defs Prop Props Cor Ref Refs Chap App Vol Nos Dr Prof Mr Mrs Ms Mt Rev "
    "Hon Gen Sen Rep Pres Gov"
)
# These end nothing where a number (or a bracketed one) follows: No. 3, p. 5.
BEFORE_NUMBERS: Final = _words(
    "no nos p pp v ver vers vol ch chap art ex par para col sec secs sect alg thm lem def prop cor ref refs app tab "
    "tabs approx ca circa max min avg std st jan feb mar apr jun jul aug sep sept oct nov dec"
)
# The same for whole words with a capital: "Table. 2".
CAPITAL_BEFORE_NUMBERS: Final = _words(
    "Table Tables Figure Figures Section Sections Equation Theorem Lemma Algorithm Appendix Chapter Part Step Phase"
)
# These end a sentence only where the next word is one that opens sentences.
RARELY_LAST: Final = _words(
    "al etc resp inc ltd corp co llc jr sr bros approx ca st esp ph.d m.sc b.sc m.d b.a m.a u.s u.k u.s.a e.u u.n d.c "
    "a.m p.m i.i.d a.s a.e w.l.o.g ed eds dept univ inst lab proc conf symp int intl natl acad assoc trans lett sci "
    "comput appl phys math stat med biol chem eng technol jan feb mar apr jun jul aug sept oct nov dec min max avg "
    "std dev param params dim orig ext est temp freq coeff num dist config spec supp suppl"
)
# Words that open sentences and hardly ever follow an abbreviation inside one.
OPENERS: Final = _words(
    "We Our Ours The This These That Those It Its They Their There Here He She His Her I You My Your One Two Three "
    "Four In On At For From To With Without By As An A And But Or So Yet If When While Where Whereas Although Though "
    "Because Since Despite Due However Moreover Furthermore Additionally Also Finally Lastly First Firstly Second "
    "Secondly Third Thirdly Then Thus Hence Therefore Consequently Instead Meanwhile Nevertheless Nonetheless "
    "Similarly Likewise Specifically Particularly Notably Importantly Crucially Interestingly Surprisingly Remarkably "
    "Ultimately Accordingly Conversely Subsequently Overall Together Compared Unlike Given Based Using Leveraging "
    "Building Motivated Inspired Through Throughout Under Over After Before During Among Across Between Both Each "
    "Every All Any Some Many Most Much Several Such Other Others Another Not No Nor Only Even Still Once Until Unless "
    "Rather Beyond Within Let Consider Note What Why How Which Who Whose Can Could Does Do Did Is Are Was Were Will "
    "Would Should May Experiments Experimental Experiment Extensive Empirical Empirically Evaluation Evaluations "
    "Evaluated Comprehensive Results Result Recent Recently Existing Current Currently Previous Previously Prior "
    "Early Traditional Conventional Code Data Today Now Next Central Key New Large Deep Apart Aside Besides Following "
    "Taken Towards Toward Via Upon Like Unfortunately Fortunately Typically Usually Often Sometimes Generally "
    "Theoretically Nothing None Neither Either Numerical Simulations Simulation Analysis Analyses Applied Applying "
    "Trained Tested Further"
)
# Names before a full stop and a capital that are no end of a sentence: torch.Tensor, Node.Js.
MODULES: Final = _words(
    "torch numpy pandas scipy sklearn keras tensorflow java javax system node jax flax transformers datasets "
    "collections asyncio pathlib typing module self this object window document spark math json logging"
)
# Words that no line of its own ends with: what follows in the next line belongs to it.
NEVER_ENDS_LINE: Final = _words(
    "a an the of and or but nor for to in on at by with from as is are was were be been than that which who whose "
    "into onto over under between among via per our their its this these those we not can may will has have had if "
    "when while where because both such using based each every more most less very also only vs et"
)
# Headings of papers and memos that stand on a line of their own, without a number.
HEADINGS: Final = frozenset(
    re.split(
        ", ",
        "abstract, summary, introduction, background, related work, preliminaries, motivation, method, methods, "
        "methodology, approach, our approach, model, experiments, experimental setup, setup, results, evaluation, "
        "analysis, ablation, ablations, ablation study, discussion, limitations, broader impact, ethics statement, "
        "future work, conclusion, conclusions, concluding remarks, acknowledgements, acknowledgments, acknowledgement, "
        "references, bibliography, appendix, supplementary material, data availability, code availability, keywords, "
        "index terms",
    )
)
