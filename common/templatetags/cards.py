"""What a page is made of: a card, and what stands where there is nothing to show."""

from typing import Any

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_KINDS = ("section", "form", "details")
_OPTIONS = ("action", "anchor", "aside", "body", "css", "id", "kind", "label", "nth", "opened", "sub", "trade", "wrap")


def _rendered(context: Context, name: str, values: dict[str, Any]) -> SafeString:
    if context.template is None:
        raise ValueError(f"{name}: outside a template")
    with context.push(**values):
        return context.template.engine.get_template(name).render(context)


def _stripped(rendered: str) -> SafeString:
    return mark_safe(rendered.strip())  # noqa: S308  nodes already rendered


class CardNode(Node):
    child_nodelists = ("title", "head", "content")

    def __init__(
        self, words: FilterExpression | None, options: dict[str, FilterExpression], slots: dict[str, NodeList]
    ) -> None:
        self.words, self.options = words, options
        self.title, self.head, self.content = (slots.get(name, NodeList()) for name in self.child_nodelists)

    def render(self, context: Context) -> SafeString:
        values = dict.fromkeys(_OPTIONS, "") | {name: value.resolve(context) for name, value in self.options.items()}
        title = self.words.resolve(context) if self.words else _stripped(self.title.render(context))
        values["kind"] = values["kind"] or "section"
        if values["kind"] not in _KINDS:
            raise ValueError(f"card: « {values['kind']} » is none of {', '.join(_KINDS)}")
        if title and not values["id"]:
            raise ValueError("card: a title has its id=")
        if values["nth"]:
            values["id"] = f"{values['id']}-{values['nth']}"
        body = values.pop("body")
        return _rendered(
            context,
            "common/includes/card.html",
            values
            | {
                "title": title,
                "head_tag": "summary" if values["kind"] == "details" else "div",
                "head": _stripped(self.head.render(context)),
                "content": self.content.render(context),
                "has_body": body is not False and body != "",
                "body_css": body if isinstance(body, str) else "",
            },
        )


@register.tag
def card(parser: Parser, token: Token) -> CardNode:
    """A card: `{% card "Titre" id="t-titre" body=True %}…{% endcard %}`.

    - `sub`: a quiet word beside the title; `aside`: the same, at the right end; `trade`: the icon of a trade before it.
    - `{% head %}…{% endhead %}`, first in it: what else stands beside the title. `wrap=True`: it may take a second
      line.
    - `{% title %}…{% endtitle %}`: a title that is more than a value.
    - `body=True`, or its classes (`body="a-stacked"`): the content has the margins of a text. Without, a list or a
      table goes from edge to edge.
    - `label`: the name of a card that shows no title. `css`, `anchor`: its classes, its own id.
    - `nth`: in a loop, what makes the id of each its own: `id="g" nth=forloop.counter`.
    - `kind="form"` posts to `action`; `kind="details"` is folded, unless `opened`.
    """
    bits = token.split_contents()[1:]
    words = parser.compile_filter(bits.pop(0)) if bits and "=" not in bits[0].split('"')[0] else None
    options = token_kwargs(bits, parser)
    if bits or set(options) - set(_OPTIONS):
        raise TemplateSyntaxError(f"card: not understood: {' '.join(bits or sorted(set(options) - set(_OPTIONS)))}")
    slots: dict[str, NodeList] = {}
    while True:
        nodes = parser.parse(("title", "head", "endcard"))
        name = parser.next_token().contents
        if name == "endcard":
            return CardNode(words, options, slots | {"content": nodes})
        if any(not node.token.contents.isspace() for node in nodes if node.token) or name in slots:
            raise TemplateSyntaxError(f"card: {name} is written once, before the content")
        slots[name] = parser.parse((f"end{name}",))
        parser.delete_first_token()


@register.simple_block_tag(takes_context=True)
def nothing(
    context: Context,
    content: str,
    title: str,
    *,
    icon: str = "circle-dashed",
    tone: str = "",
    url: str = "",
    action: str = "",
    primary: bool = False,
    level: int = 3,
) -> SafeString:
    """In the place of an empty list: `{% nothing "Aucun bail" icon="file-text" %}Préparez-le.{% endnothing %}`.

    `level=2` where no card with a title stands around it.
    """
    values = {
        "level": level,
        "title": title,
        "icon": icon,
        "tone": tone,
        "url": url,
        "action": action,
        "primary": primary,
        "text": _stripped(content),
    }
    return _rendered(context, "common/includes/nothing.html", values)
