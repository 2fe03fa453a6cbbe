"""Explains a search in lines of plain text."""

from collections.abc import Mapping

from bot.models import Article, ArticleBody
from bot.search.searcher import Ranking
from bot.topics import Classifier


def explain_ranking(
    ranking: Ranking, articles: Mapping[int, tuple[Article, ArticleBody]], classifier: Classifier, limit: int
) -> list[str]:
    """Returns how the words were understood, then each hit with the parts of its score and why it has its topics."""
    request, correction = ranking.request, ranking.correction
    lines = [f"replaced: {typed} -> {meant}" for typed, meant in correction.replaced]
    lines += [f"offered: {typed} -> {meant}" for typed, meant in correction.offered]
    lines += [f"also: {typed} | {other}" for typed, other in correction.alternatives]
    lines += [f"period: {request.period}"] if request.period else []
    lines += [f"years: {', '.join(map(str, request.years))}"] if request.years else []
    lines += ["newest first"] if request.newest_first else ["oldest first"] if request.oldest_first else []
    lines += [
        f"term: {' | '.join(group.terms)}  in {group.documents} articles, weight {group.weight:.2f},"
        f" importance {group.importance:.2f}"
        for group in ranking.query.groups
    ]
    lines += [f"not in the archive: importance {ranking.query.missing:.2f}"] if ranking.query.missing else []
    lines += [f"evidence: {ranking.evidence:.2f} of {ranking.needed:.2f} needed"] if ranking.needed else []
    for place, one in enumerate(ranking.ranked[:limit], 1):
        parts = ", ".join(f"{name} {part:.2f}" for name, part in one.parts if part)
        if one.article in articles:
            article, body = articles[one.article]
            lines.append(f"{place}. {one.score:.2f} = {parts}  {article.title} (evidence {one.evidence:.2f})")
            lines += [f"   {line}" for line in classifier.explain(article.title, article.summary, body)]
    return lines
