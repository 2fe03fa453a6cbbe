// Discord's markdown as DOM nodes: the part of it that messages of a bot use. Nothing is ever parsed as HTML.

const INLINE = [
  [/^\\([\\*_~`|>#\-[\]()<:.!])/, (m) => m[1]],
  [/^```(?:\w*\n)?([\s\S]*?)```/, (m) => element("pre", {}, element("code", {}, m[1]))],
  [/^`([^`\n]+)`/, (m) => element("code", {}, m[1])],
  [/^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m, c) => link(m[2], inline(m[1], c))],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], [m[1]])],
  [/^https?:\/\/[^\s<)\]]+/, (m) => link(m[0], [m[0]])],
  [/^<t:(\d+)(?::(\w))?>/, (m, c) => time(Number(m[1]), m[2] ?? "f", c)],
  [/^<@&(\d+)>/, (m, c) => mention("@" + (c.names.roles[m[1]] ?? "?"))],
  [/^<@!?(\d+)>/, (m, c) => mention("@" + (c.names.users[m[1]] ?? "?"))],
  [/^<#(\d+)>/, (m, c) => channelMention(m[1], c)],
  [/^<\/([^:>]+):(\d+)>/, (m, c) => commandMention(m[1], c)],
  [/^@(everyone|here)\b/, (m) => mention(m[0])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m, c) => element("strong", {}, ...inline(m[1], c))],
  [/^__([\s\S]+?)__(?!_)/, (m, c) => element("u", {}, ...inline(m[1], c))],
  [/^~~([\s\S]+?)~~/, (m, c) => element("s", {}, ...inline(m[1], c))],
  [/^\*(?![\s*])([^*]+?)\*(?!\*)/, (m, c) => element("em", {}, ...inline(m[1], c))],
  [/^_(?![\s_])([^_]+?)_(?!\w)/, (m, c) => element("em", {}, ...inline(m[1], c))],
];

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function markdown(text, context) {
  const parts = [];
  let list = null;
  for (const line of blocks(text)) {
    const item = line.match(/^\s*(?:[-*]|\d+\.)\s+(.*)$/);
    if (item) {
      list ??= element(/^\s*\d/.test(line) ? "ol" : "ul");
      list.append(element("li", {}, ...inline(item[1], context)));
      if (!list.parentNode && !parts.includes(list)) parts.push(list);
      continue;
    }
    list = null;
    parts.push(block(line, context));
  }
  return parts;
}

// Lines, except that a fenced block stays in one piece.
function blocks(text) {
  const found = [];
  let fence = null;
  for (const line of text.split("\n")) {
    if (fence !== null) {
      fence += "\n" + line;
      if (line.includes("```")) { found.push(fence); fence = null; }
    } else if (line.startsWith("```") && line.indexOf("```", 3) < 0) fence = line;
    else found.push(line);
  }
  if (fence !== null) found.push(fence);
  return found;
}

function block(line, context) {
  const heading = line.match(/^(#{1,3}) (.*)$/);
  if (heading) return element("h" + (heading[1].length + 2), {}, ...inline(heading[2], context));
  if (line.startsWith("-# ")) return element("p", { class: "subtext" }, ...inline(line.slice(3), context));
  if (line.startsWith("> ")) return element("blockquote", {}, ...inline(line.slice(2), context));
  return element("p", line.trim() ? {} : { class: "gap" }, ...inline(line, context));
}

export function inline(text, context) {
  const nodes = [];
  let plain = "", rest = text, before = "";
  while (rest) {
    const found = INLINE.map(([pattern, make]) => [rest.match(pattern), make]).find(([match]) => match);
    if (found && !(found[0][0].startsWith("_") && /\w/.test(before))) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found[1](found[0], context));
      before = found[0][0].at(-1);
      rest = rest.slice(found[0][0].length);
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0));
      plain += character;
      before = character;
      rest = rest.slice(character.length);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function link(url, children) {
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function mention(text) {
  return element("span", { class: "mention" }, text);
}

function channelMention(id, context) {
  const name = "#" + (context.names.channels[id] ?? "?");
  return element("button", { type: "button", class: "mention", onclick: () => context.open(id) }, name);
}

// A command by its name in the reader's language; pressing it writes it into the line at the bottom.
function commandMention(name, context) {
  const shown = context.commands?.[name];
  if (!shown) return mention("/" + name);
  return element("button", { type: "button", class: "mention", onclick: () => context.write(`/${shown} `) }, "/" + shown);
}

function time(seconds, style, context) {
  const date = new Date(seconds * 1000);
  const long = new Intl.DateTimeFormat(context.language, { dateStyle: "long", timeStyle: "short" }).format(date);
  let shown = long;
  if (style === "R") shown = relative(seconds, context.language);
  if (style === "d" || style === "D")
    shown = new Intl.DateTimeFormat(context.language, { dateStyle: style === "d" ? "short" : "long" }).format(date);
  if (style === "t" || style === "T") shown = new Intl.DateTimeFormat(context.language, { timeStyle: "short" }).format(date);
  return element("time", { datetime: date.toISOString(), title: long }, shown);
}

function relative(seconds, language) {
  const away = seconds - Date.now() / 1000;
  const units = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(away) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(away / size), unit);
}
