"""The statistics that decide: frozen records in, frozen records out, no database and no files.

Entry points: `decide.decide` and `decide.decide_family` (verdicts), `power` (before launch), `guardrails`, `tasks`
(many benchmarks at once), `agreement` (human ratings), `proportions` and `forecasts` (rates and priors). `rule`,
`verdict` and `decide` load nothing heavy; scipy.special and numpy are imported where a number needs them, scipy.stats
(slow to import) never.

Which test, when, and why

- **Paired by seed, Student's t-interval of the difference, from 3 pairs.** Same seed, same data order: pairing takes
  the seed's luck out. At 3–10 seeds the t-interval is the only one of the usual four that keeps its level (Colas,
  Sigaud & Oudeyer 2018, "How many random seeds?"); bootstrap intervals at n = 5 are wrong 15 % of the time where 5 %
  is promised. 1–2 pairs never get an interval.
- **Three outcomes against δ, the smallest effect worth having,** fixed beforehand: supported = the interval lies above
  0 and the mean reaches δ; refuted = it lies below δ (harmful: below 0; equivalent: inside ±δ, as in two one-sided
  tests, Schuirmann 1987); else inconclusive, with the seeds that would settle it.
- **Sign-flip permutation p, from 6 pairs,** as a check that needs symmetry, not normality (Fisher 1935). With fewer
  pairs it cannot go below .05. Exact up to 40 pairs.
- **BCa bootstrap, from 20 pairs,** shown beside the interval, never deciding (Efron 1987).
- **Welch's t-interval** where no seed is shared or the rule says so (Welch 1947).
- **Holm (1979) within a confirmatory family, Benjamini–Hochberg (1995) for screens.** Support is corrected by the p
  against 0, refutation by the p against δ, each step-down on its own; an interval's lower limit has the level that
  support used, its upper limit the one that refutation used (screens: Benjamini & Yekutieli 2005, false coverage rate).
- **Planned looks: Haybittle (1971) and Peto (1976),** .001 at interim looks, the full alpha at the planned end.
  **Unplanned looks: an e-process,** the right-Haar Bayes factor of the t-test (Pérez-Ortiz, Lardy, de Heide & Grünwald
  2024, Annals of Statistics), and the confidence sequence that inverts it: valid however often one looks (Ville 1939).
- **Many tasks: interquartile mean and probability of improvement** with a stratified bootstrap (Agarwal et al. 2021),
  flagged as approximate below 10 runs a task.
- **After a win the estimate is shrunk** to what is most likely given that it had to win to be seen (Zhong & Prentice
  2008). Both are shown.

What no test here can do: a few skewed differences mislead each of them (log-normal ones with 3–20 seeds: 8–18 % instead
of 5 %). Skew that can be seen is warned of, and a verdict on fewer than 15 seeds says that it cannot be seen.
"""
