"""What deciding loads: start-up and lists must never wait for it."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "statsmodels", "pandas")


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


def test_records_and_entry_points_load_nothing_heavy():
    names = (
        "rule",
        "verdict",
        "decide",
        "guardrails",
        "power",
        "prospects",
        "forecasts",
        "multiplicity",
    )
    loaded = loaded_after(
        "\n".join([*(f"import planner.statistics.{name}" for name in names), "import library.proportions"])
    )
    assert not loaded & set(HEAVY)


def test_a_verdict_and_a_power_never_load_the_slow_parts_of_scipy():
    loaded = loaded_after(
        "from planner.statistics.rule import Rule, Outcome\n"
        "from planner.statistics.decide import decide\n"
        "from planner.statistics.power import power, three_way_probabilities\n"
        "import random; random.seed(1)\n"
        "a = [Outcome('a', str(i), random.gauss(0, 1)) for i in range(25)]\n"
        "b = [Outcome('b', str(i), random.gauss(3, 1)) for i in range(25)]\n"
        "verdict = decide(Rule('score', 'increase', 1.0), a, b)\n"
        "assert verdict.state == 'supported' and verdict.bca and verdict.p_signflip\n"
        "assert decide(Rule('score', 'increase', 1.0, looks='anytime'), a, b).e_value > 1\n"
        "assert power(5, 1.0, 1.0) > .4 and three_way_probabilities(5, 0.0, 1.0, 1.0).refuted > .3"
    )
    assert "scipy.special" in loaded
    assert not loaded & {"scipy.stats", "scipy.optimize", "statsmodels", "pandas"}
