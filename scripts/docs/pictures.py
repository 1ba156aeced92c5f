"""SVG pictures for the documents, in a light and a dark version. Text is at least 14 px at the full width."""
import dataclasses
import html
import sys

from results import ROOT

FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclasses.dataclass(frozen=True)
class Theme:
    suffix: str
    background: str
    text: str
    faint: str   # secondary text
    line: str    # grid and axes
    ours: str
    on_ours: str  # text on it
    winner: str
    library: str


THEMES = (Theme("", "#ffffff", "#1f2328", "#59636e", "#d1d9e0", "#a9d3c0", "#1f2328", "#11734b", "#bc4c00"),
          Theme("-dark", "#0d1117", "#f0f6fc", "#9198a1", "#3d444d", "#2f6b52", "#f0f6fc", "#3fb950", "#f0883e"))


def text(x, y, words, fill, size=14, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}">'
            f"{html.escape(words)}</text>")


def rectangle(x, y, width, height, fill):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" fill="{fill}"/>'


def line(x1, y1, x2, y2, stroke, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" stroke-width="{width}"/>'


def document(theme, width, height, title, finding, body):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONT}" role="img" aria-labelledby="title finding">',
        f'<title id="title">{html.escape(title)}</title>', f'<desc id="finding">{html.escape(finding)}</desc>',
        f'<rect width="{width}" height="{height}" fill="{theme.background}"/>', *body, "</svg>", ""])


def keep(stem, draw, write, who):
    """Writes docs/STEM.svg and docs/STEM-dark.svg, or ends the program if one of them differs from what draw(theme) returns."""
    for theme in THEMES:
        file = ROOT / f"docs/{stem}{theme.suffix}.svg"
        drawn = draw(theme)
        if write:
            file.write_text(drawn, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != drawn:
            sys.exit(f"{who}: docs/{file.name} is not of results/reference: scripts/docs/{who} --write")
