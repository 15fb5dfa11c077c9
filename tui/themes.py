"""The four themes. Colours stand here and nowhere else; styles use the names.

Beside Textual's names: `$quiet` is the second weight of text, `$row-cursor` and `$row-cursor-blurred` the line under
the cursor, `$row-marked` a marked one, `$hit` a word of the query in an abstract.
"""

from textual.theme import Theme

DEFAULT_THEME = "labtop-dark"


def _theme(
    name: str,
    *,
    dark: bool,
    text: str,
    quiet: str,
    ground: str,
    raised: str,
    edge: str,
    accent: str,
    good: str,
    warn: str,
    bad: str,
    cursor: str,
    cursor_blurred: str,
    marked: str,
    hit: str,
) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=text,
        background=ground,
        surface=ground,
        panel=raised,
        boost=raised,
        success=good,
        warning=warn,
        error=bad,
        variables={
            "quiet": quiet,
            "edge": edge,
            "row-cursor": cursor,
            "row-cursor-blurred": cursor_blurred,
            "row-marked": marked,
            "hit": hit,
            "border": edge,
            "border-blurred": edge,
            "block-cursor-background": cursor,
            "block-cursor-foreground": text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": cursor_blurred,
            "block-cursor-blurred-foreground": text,
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-selection-background": f"{accent} 30%",
            "scrollbar": edge,
            "scrollbar-hover": quiet,
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "link-color": accent,
            "footer-key-foreground": accent,
        },
    )


THEMES: tuple[Theme, ...] = (
    _theme(
        "labtop-dark",
        dark=True,
        text="#d6dbe0",
        quiet="#98a2ac",
        ground="#12161a",
        raised="#1b2127",
        edge="#2c343c",
        accent="#6cb6d9",
        good="#7fbf8a",
        warn="#d9b26c",
        bad="#dd7f78",
        cursor="#20333f",
        cursor_blurred="#1f262d",
        marked="#2a2d1f",
        hit="#e6c87a",
    ),
    _theme(
        "labtop-light",
        dark=False,
        text="#22282e",
        quiet="#56606a",
        ground="#fbfaf7",
        raised="#efeeea",
        edge="#d5d3cc",
        accent="#1b678c",
        good="#2f7a3f",
        warn="#8a5a00",
        bad="#b3382f",
        cursor="#d3e6f1",
        cursor_blurred="#e9e8e3",
        marked="#f3ecd0",
        hit="#8a4b00",
    ),
    _theme(
        "labtop-high-contrast",
        dark=True,
        text="#ffffff",
        quiet="#d0d0d0",
        ground="#000000",
        raised="#141414",
        edge="#8c8c8c",
        accent="#5fd7ff",
        good="#6dff8b",
        warn="#ffd75f",
        bad="#ff8787",
        cursor="#004b7a",
        cursor_blurred="#303030",
        marked="#4a3d00",
        hit="#ffff5f",
    ),
    _theme(  # Okabe and Ito's palette: tells apart under every common colour blindness
        "labtop-colour-blind",
        dark=True,
        text="#dcdfe2",
        quiet="#9fa8b0",
        ground="#12161a",
        raised="#1b2127",
        edge="#2f3840",
        accent="#56b4e9",
        good="#56b4e9",
        warn="#f0e442",
        bad="#e69f00",
        cursor="#173d57",
        cursor_blurred="#232a31",
        marked="#3a3218",
        hit="#f0e442",
    ),
)
NAMES = tuple(theme.name for theme in THEMES)


def next_theme(current: str) -> str:
    """The theme after `current`, round and round."""
    return NAMES[(NAMES.index(current) + 1) % len(NAMES)] if current in NAMES else DEFAULT_THEME
