// The sandbox's page: who looks, in which language, at which channel; what is there; and the tour.

import { Composer } from "/static/composer.js";
import { element, markdown } from "/static/markdown.js";
import { messageNode, modalDialog } from "/static/messages.js";

const STEPS = 6;
const PHONE_WIDTH = 700;
const MAX_GLIMPSE = 900;
const byId = (id) => document.getElementById(id);
let composer = null;

const state = {
  viewer: recall("viewer", "member"),
  language: recall("language", navigator.language.startsWith("ko") ? "ko" : "en"),
  layout: recall("layout", window.innerWidth < PHONE_WIDTH ? "phone" : "desktop"),
  channel: recall("channel", ""),
  words: {}, view: null, shown: new Map(), seen: new Map(), running: 0, loading: null, stale: false,
};

function recall(name, otherwise) {
  return sessionStorage.getItem("herald-" + name) ?? otherwise;
}

function choose(name, value) {
  state[name] = value;
  sessionStorage.setItem("herald-" + name, value);
}

async function post(action, body) {
  const sent = { viewer: state.viewer, language: state.language, channel: state.channel, ...body };
  const response = await fetch("/api/" + action, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Herald-Sandbox": "1" },
    body: JSON.stringify(sent),
  });
  if (!response.ok) return { error: state.words["failed"] };
  return response.json();
}

async function act(action, body) {
  busy(true);
  try {
    const answer = await post(action, body);
    if (answer.error) complain(answer.error);
    if (answer.modal)
      modalDialog(answer.modal, context(), (values) => act("modal", { handle: answer.modal.handle, values }));
    await load();
    if (answer.message) reveal(answer.message);
    return answer;
  } finally {
    busy(false);
  }
}

function busy(on) {
  document.body.classList.toggle("busy", on);
  byId("timeline").setAttribute("aria-busy", String(on));
}

function complain(sentence) {
  byId("notice").textContent = sentence;
  byId("notice").hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => { byId("notice").hidden = true; }, 8000);
}

function context() {
  return {
    words: state.words, language: state.language, names: state.view.names, bot: state.view.bot,
    menuCommands: state.view.channel.menu, channelNames: channelNames(),
    open: openChannel,
    commands: Object.fromEntries(state.view.channel.commands.map((command) => [command.name, command.shown])),
    write: (text) => composer.write(text),
    press: (message, customId, values) =>
      act("press", { channel: message.channel_id, message: message.id, custom_id: customId, ...(values ? { values } : {}) }),
    menu: (message, name) => act("menu", { channel: message.channel_id, message: message.id, name }),
  };
}

function channelNames() {
  return Object.fromEntries(state.view.channels.map((channel) => [channel.id, channel.name]));
}

// Draws the view as it is now; whoever asks while it is being read waits until it has been read once more.
function load() {
  if (state.loading) state.stale = true;
  else state.loading = read().finally(() => { state.loading = null; });
  return state.loading;
}

async function read() {
  try {
    do {
      state.stale = false;
      const query = new URLSearchParams({ viewer: state.viewer, language: state.language, channel: state.channel });
      const response = await fetch("/api/view?" + query);
      if (!response.ok) throw new Error(String(response.status));
      state.view = await response.json();
    } while (state.stale);
  } catch {
    complain(state.words["gone"]);
    return;
  }
  choose("channel", state.view.channel.id);
  draw();
}

function draw() {
  const { view, words } = state;
  document.documentElement.lang = state.language;
  document.body.dataset.layout = state.layout;
  byId("server").textContent = view.server;
  drawChannels();
  byId("channel-name").textContent = "#" + view.channel.name;
  byId("channel-topic").textContent = view.channel.topic;
  drawTimeline();
  drawTour();
  for (const node of document.querySelectorAll("[data-words]")) node.textContent = words[node.dataset.words];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", words[node.dataset.label]);
  for (const group of ["viewer", "language", "layout"])
    for (const button of document.querySelectorAll(`[data-${group}]`))
      if (button.tagName === "BUTTON") button.setAttribute("aria-pressed", String(button.dataset[group] === state[group]));
  byId("input").placeholder = words["placeholder"];
}

function drawChannels() {
  byId("channels").replaceChildren(...state.view.channels.map((channel) => {
    const open = channel.id === state.channel;
    const key = `${state.viewer}/${channel.id}`;
    if (open || !state.seen.has(key)) state.seen.set(key, channel.latest);
    const unread = BigInt(channel.latest) > BigInt(state.seen.get(key));
    const sign = { news: "📣", forum: "💬", text: "#" }[channel.kind];
    return element("li", {}, element("button", {
      type: "button", class: unread ? "unread" : null, "aria-current": open ? "page" : null, onclick: () => openChannel(channel.id),
    }, element("span", { "aria-hidden": "true" }, sign), " " + channel.name,
      unread ? element("span", { class: "dot" }, element("span", { class: "hidden-text" }, state.words["unread"])) : null));
  }));
}

// Draws only the messages that changed, so that what one reads or types in stays where it is.
function drawTimeline() {
  const timeline = byId("timeline");
  const here = context();
  const { channel } = state.view;
  const wanted = [];
  const add = (message, thread) => wanted.push([message.id + (thread?.id ?? ""), message, thread]);
  const threads = new Map(channel.threads.map((thread) => [thread.id, thread]));
  for (const message of channel.messages) {
    add(message, null);
    const thread = threads.get(message.id);
    if (thread) wanted.push(["thread-" + thread.id, null, thread]);
    for (const reply of thread?.messages ?? []) add(reply, thread);
    threads.delete(message.id);
  }
  for (const thread of threads.values()) {
    wanted.push(["thread-" + thread.id, null, thread]);
    for (const message of thread.messages) add(message, thread);
  }
  const stamp = state.language + state.viewer + channel.id;
  let changed = null;
  const nodes = wanted.map(([key, message, thread]) => {
    const text = stamp + JSON.stringify(message ?? thread.name);
    const known = state.shown.get(key);
    if (known?.text === text) return known.node;
    const node = message ? messageNode(message, here) : element("h3", { class: "thread-title" }, "🧵 " + thread.name);
    if (thread) node.classList.add("in-thread");
    state.shown.set(key, { text, node });
    if (message) changed = node;
    return node;
  });
  const moved = nodes.length !== timeline.children.length || nodes.some((node, index) => timeline.children[index] !== node);
  if (!moved) return;
  const keep = new Set(wanted.map(([key]) => key));
  for (const key of state.shown.keys()) if (!keep.has(key)) state.shown.delete(key);
  timeline.replaceChildren(...nodes);
  byId("empty").hidden = nodes.length > 0;
  if (changed) show(changed);
}

// The newest answer is always in view: whole where it fits, else from its beginning.
function show(node) {
  const place = () => node.scrollIntoView({ block: node.offsetHeight < byId("scroll").clientHeight ? "end" : "start" });
  place();
  for (const image of node.querySelectorAll("img"))
    if (!image.complete) image.addEventListener("load", place, { once: true });
}

function reveal(id) {
  const node = byId("message-" + id);
  if (node) show(node);
}

async function openChannel(id) {
  if (!(id in channelNames())) return;
  choose("channel", id);
  state.shown.clear();
  await load();
}

function drawTour() {
  byId("steps").replaceChildren(...Array.from({ length: STEPS }, (_, index) => {
    const step = index + 1;
    const result = state.view.tour[step];
    const running = state.running === step;
    return element("li", { class: result ? "done" : null },
      element("button", {
        type: "button", class: "button " + (result ? "secondary" : "primary"), id: "step-" + step,
        disabled: state.running !== 0, onclick: () => runStep(step),
      }, `${step} · ${state.words["step_" + step]}`),
      running ? element("p", { class: "subtext", role: "status" }, state.words["running"]) : null,
      result ? comparison(result) : element("p", { class: "subtext" }, state.words["hint_" + step]));
  }));
}

function comparison(result) {
  const side = (title, glimpses, others) => element("div", {}, element("h4", {}, title),
    ...glimpses.map((glimpse, index) => element("div", { class: "glimpse" }, element("strong", {}, glimpse.channel),
      element("p", {}, ...(glimpse.text ? differing(glimpse.text, others[index]?.text ?? "") : [state.words["nothing"]])))));
  return element("details", { class: "comparison", open: state.opened === result.step },
    element("summary", {}, state.words["compare"]),
    element("div", { class: "sides" },
      side(state.words["before"], result.before, result.after), side(state.words["after"], result.after, result.before)));
}

// The words, those that the other side does not have marked.
function differing(text, other) {
  const [shown, before] = [plain(text), plain(other)];
  const known = new Set(before.split(/\s+/));
  return shown.split(/(\s+)/).map((word) =>
    before && word.trim() && !known.has(word) ? element("mark", {}, word) : word);
}

function plain(text) {
  return markdown(text.slice(0, MAX_GLIMPSE), context()).map((node) => node.textContent).join("\n");
}

async function runStep(step) {
  state.running = step;
  drawTour();
  const result = await post("tour", { step });
  state.running = 0;
  if (result.error || result.late) {
    complain(result.error ?? state.words["late"]);
    return load();
  }
  choose("viewer", result.viewer);
  choose("channel", result.channel);
  state.opened = step;
  state.shown.clear();
  await load();
  if (result.message) reveal(result.message);
  byId("step-" + step).focus({ preventScroll: true });
  byId("step-" + step).closest("li").scrollIntoView({ block: "start" });
}

async function speak(language) {
  choose("language", language);
  state.words = await (await fetch("/api/words?language=" + language)).json();
  document.title = state.words["title"];
}

function follow() {
  const changes = new EventSource("/api/changes");
  changes.onmessage = () => { if (!state.running || !document.body.classList.contains("busy")) load(); };
  changes.onerror = () => complain(state.words["gone"]);
}

async function start() {
  await speak(state.language);
  composer = new Composer(byId("composer"), byId("input"), byId("suggestions"), {
    words: () => state.words, commands: () => state.view.channel.commands, channelNames, names: () => state.view.names,
    complete: async (name, option, value, options) => (await post("complete", { name, option, value, options })).choices ?? [],
    run: (name, options) => act("command", { name, options }),
    send: (text) => act("send", { text }),
    complain,
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-viewer],button[data-language],button[data-layout]");
    if (!button) return;
    if (button.dataset.viewer) choose("viewer", button.dataset.viewer);
    if (button.dataset.layout) choose("layout", button.dataset.layout);
    if (button.dataset.language) await speak(button.dataset.language);
    state.shown.clear();
    await load();
  });
  await load();
  follow();
}

start();
