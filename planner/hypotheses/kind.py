"""What a hypothesis is made of."""

from planner.records.field import Field
from planner.records.kind import Kind

DIRECTIONS = ("increase", "decrease")

HYPOTHESIS = Kind(
    "hypothesis",
    "hypotheses",
    "hypothesis",
    "H",
    "statement",
    (
        Field("statement", "line", "Statement", "What is claimed, so that it can turn out false", required=True),
        Field("mechanism", "text", "Mechanism", "Why it should be so"),
        Field("problem", "line", "Problem", "The problem of the group that it serves"),
        Field("product_metric", "line", "Product metric", "The figure of the product that should move"),
        Field("metric", "line", "Metric", "What an experiment measures, such as nDCG@10", group="Test"),
        Field(
            "direction",
            "choice",
            "Direction",
            "Whether the metric should increase or decrease",
            default="increase",
            choices=DIRECTIONS,
            group="Test",
        ),
        Field("delta", "number", "δ", "Smallest effect worth having, in the metric's unit", above=0, group="Test"),
        Field("unit", "line", "Unit", "The metric's unit, such as points or ms", group="Test"),
        Field("prior", "share", "Prior", "How probable it is held to be before any test", group="Belief"),
        Field("prior_reason", "text", "Why this prior", "What the prior rests on", group="Belief"),
        Field("payoff", "spread", "Payoff", "What adopting it is worth if it is true", minimum=0, group="Value"),
        Field("loss", "spread", "Loss", "What adopting it costs if it is false", minimum=0, group="Value"),
        Field("owner", "line", "Owner", "Who looks after it"),
        Field("horizon", "quarter", "Horizon", "By when it should be decided"),
        Field("tags", "words", "Tags", "Short names to find it by"),
    ),
)
