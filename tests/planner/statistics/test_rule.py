import math

import pytest

from library.errors import UsageError
from planner.statistics.rule import Outcome, Rule


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"direction": "up"}, "direction"),
        ({"pairing": "date"}, "pairing"),
        ({"family_kind": "large"}, "family"),
        ({"delta": 0.0}, "smallest effect"),
        ({"delta": -1.0}, "smallest effect"),
        ({"delta": math.nan}, "smallest effect"),
        ({"delta": math.inf}, "smallest effect"),
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 0.7}, "alpha"),
        ({"planned_n": 0}, "0 seeds"),
        ({"family_size": 0}, "0 members"),
        ({"looks": "often"}, "looks"),
        ({"looks": "anytime", "pairing": "none"}, "needs pairs"),
        ({"looks": (5,)}, "number of seeds at the end"),
        ({"looks": (), "planned_n": 10}, "do not fit"),
        ({"looks": (2, 5), "planned_n": 10}, "do not fit"),
        ({"looks": (5, 5), "planned_n": 10}, "do not fit"),
        ({"looks": (8, 5), "planned_n": 10}, "do not fit"),
        ({"looks": (5, 10), "planned_n": 10}, "do not fit"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(change, said):
    with pytest.raises(UsageError, match=said) as caught:
        Rule(**{"metric": "score", "direction": "increase", "delta": 1.0} | change)
    assert caught.value.mend


def test_looks_read_as_a_list_become_a_tuple():
    assert Rule("score", "increase", 1.0, planned_n=9, looks=[3, 6]).looks == (3, 6)


def test_interim_looks_take_a_thousandth_or_a_fiftieth_of_alpha():
    assert Rule("score", "increase", 1.0).interim_alpha == 0.001
    assert Rule("score", "increase", 1.0, alpha=0.5).interim_alpha == 0.001
    assert Rule("score", "increase", 1.0, alpha=0.01).interim_alpha == pytest.approx(0.0002)


@pytest.mark.parametrize(
    ("value", "status", "standing"),
    [
        (1.0, "ok", "ok"),
        (None, "ok", "nan"),
        (math.nan, "ok", "nan"),
        (math.inf, "ok", "nan"),
        (-math.inf, "ok", "nan"),
        (1.0, "nan", "nan"),
        (1.0, "crashed", "crashed"),
        (1.0, "excluded", "excluded"),
    ],
)
def test_only_a_finite_value_stands(value, status, standing):
    assert Outcome("a", "1", value, status).standing == standing
