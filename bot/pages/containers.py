"""The elements in which publishing platforms put an article's body and nothing of its surroundings."""

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from bot.plain_text import letters

# By platform; of several that match, the one that holds most of the article counts.
CONTAINERS = (
    ".gh-content", ".post-full-content .post-content",  # Ghost
    ".available-content .body.markup", ".body.markup",  # Substack
    ".blog-item-content", ".eventitem-column-content", '.sqs-layout[data-type="item"]',  # Squarespace
    # Wix
    '[data-hook="post"] [data-hook="post-description"]', '[data-hook="post-page"] [data-hook="post-description"]',
    ".node--view-mode-full .field--name-body", ".node-full .field-name-body", ".field--name-body",  # Drupal
    ".post-body.entry-content", ".post-body",  # Blogger
    ".se-main-container", "#postViewArea", "#dic_area", ".newsct_article",  # Naver
    ".tt_article_useless_p_margin", ".contents_style",  # Tistory
    ".wrap_view_article .wrap_body", ".article_view section",  # Brunch, Daum
    "#article-view-content-div", "#bo_v_con", ".rhymix_content", ".xe_content", ".kboard-content", ".board_txt_area",
    "#hs_cos_wrapper_post_body", "#content-blocks",  # HubSpot, beehiiv
    '[data-framer-name="Content"][data-framer-component-type="RichTextContainer"]',
    ".elementor-widget-theme-post-content", ".et_pb_post_content", ".wp-block-post-content", ".amp-wp-article-content",
    ".td-post-content", "#blogpost > .content", ".md-content", ".md__content", ".kg-canvas",
)  # fmt: skip
ENOUGH = 0.6  # of the article's letters, as an extractor that knows no platform finds them
MAX_MATCHES = 5  # more elements of one kind are a list of articles


def body_container(body: LexborNode, lines: Sequence[str]) -> LexborNode | None:
    """The element of the body when a platform marks it. `lines` are the letters of the article's lines."""
    wanted = ENOUGH * sum(map(len, lines))
    best, most = None, 0
    for selector in CONTAINERS:
        for node in body.css(selector)[:MAX_MATCHES]:
            text = letters(node.text(separator=""))
            held = sum(len(line) for line in lines if line in text) if len(text) >= wanted else 0
            if held >= wanted and held > most:
                best, most = node, held
    return best
