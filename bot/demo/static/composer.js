// The line at the bottom: a message, or a slash command with suggestions while one types.

import { element } from "/static/markdown.js";

const MAX_SUGGESTIONS = 25;
const TYPE_PAUSE_MS = 150;
const BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8;

export class Composer {
  // `page`: words, commands(), channelNames(), names(), complete(name, option, value, filled), run(name, options), send(text).
  constructor(form, input, list, page) {
    Object.assign(this, { form, input, list, page, values: new Map(), timer: 0, asked: 0, active: -1 });
    input.addEventListener("input", () => this.changed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.hide(), 200));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
  }

  changed() {
    clearTimeout(this.timer);
    const text = this.input.value;
    if (!text.startsWith("/")) return this.hide();
    const found = this.command(text);
    if (!found) return this.suggestCommands(text.slice(1).toLowerCase());
    this.timer = setTimeout(() => this.suggestValues(found), TYPE_PAUSE_MS);
  }

  // The longest command the text starts with, and what is written after it.
  command(text) {
    const typed = text.slice(1);
    let best = null;
    for (const command of this.page.commands())
      for (const name of new Set([command.name, command.shown]))
        if ((typed === name || typed.startsWith(name + " ")) && (!best || name.length > best.length))
          best = { command, length: name.length, rest: typed.slice(name.length) };
    return best && best.rest.startsWith(" ") ? best : typed && best && !this.longer(typed) ? best : null;
  }

  longer(typed) {
    return this.page.commands().some((one) => [one.name, one.shown].some((name) => name !== typed && name.startsWith(typed + " ")));
  }

  // `query words topic:rescue` as options; the words before the first `name:` go to the first option.
  parse({ command, rest }) {
    const options = {};
    let current = command.options[0]?.name;
    let last = current;
    const names = command.options.flatMap((option) => [option.name, option.shown]).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const parts = names.length ? rest.split(new RegExp(`(?:^|\\s)(${names.join("|")}):`, "u")) : [rest];
    parts.forEach((part, index) => {
      if (index % 2) {
        last = current = command.options.find((option) => [option.name, option.shown].includes(part)).name;
        options[current] ??= "";
      } else if (part.trim() && current) options[current] = part.trim();
    });
    return { options, last };
  }

  suggestCommands(typed) {
    const found = this.page.commands().filter((one) => one.shown.toLowerCase().includes(typed) || one.name.includes(typed));
    found.sort((a, b) => Number(b.shown.startsWith(typed)) - Number(a.shown.startsWith(typed)) || a.shown.localeCompare(b.shown));
    this.show(found.map((one) => ({
      label: "/" + one.shown, hint: one.description, choose: () => this.write("/" + one.shown + (one.options.length ? " " : "")),
    })));
  }

  async suggestValues(found) {
    const { options, last } = this.parse(found);
    const option = found.command.options.find((one) => one.name === last);
    const offers = option ? await this.offers(found.command, option, options) : [];
    const unused = found.command.options.filter((one) => one.name !== last && !(one.name in options));
    if (offers === null) return;
    this.show([
      ...offers.slice(0, MAX_SUGGESTIONS).map((offer) => ({ label: offer.name, hint: option.shown, choose: () => this.fill(found, options, option, offer) })),
      ...unused.map((one) => ({ label: one.shown + ":", hint: one.description, choose: () => this.write(this.input.value.trimEnd() + ` ${one.shown}:`) })),
    ]);
  }

  async offers(command, option, options) {
    const typed = options[option.name] ?? "";
    const named = (names, sign) => Object.entries(names)
      .filter(([, name]) => name.toLowerCase().includes(typed.replace(sign, "").toLowerCase()))
      .map(([value, name]) => ({ name: sign + name.replace(/^@/, ""), value }));
    if (option.choices.length) return option.choices.filter((one) => String(one.name).toLowerCase().includes(typed.toLowerCase()));
    if (option.type === CHANNEL) return named(this.page.channelNames(), "#");
    if (option.type === ROLE) return named(this.page.names().roles, "@");
    if (option.type === USER) return named(this.page.names().users, "@");
    if (option.type === BOOLEAN) return [{ name: "true", value: "true" }, { name: "false", value: "false" }];
    if (!option.autocomplete) return [];
    const asked = ++this.asked;
    const filled = this.resolved(command, options);
    delete filled[option.name];
    const choices = await this.page.complete(command.name, option.name, typed, filled);
    return asked === this.asked ? choices : null;
  }

  fill({ command }, options, option, offer) {
    this.values.set(`${option.name}:${offer.name}`, offer.value);
    const shown = (name) => command.options.find((one) => one.name === name).shown;
    const written = Object.entries({ ...options, [option.name]: offer.name });
    const single = written.length === 1 && written[0][0] === command.options[0].name;
    this.write(`/${command.shown} ` + (single ? offer.name : written.map(([name, value]) => `${shown(name)}:${value}`).join(" ")));
    this.hide();
  }

  // The chosen entry's own value for what is written; what nobody chose is sent as written.
  resolved(command, options) {
    return Object.fromEntries(Object.entries(options).map(([name, value]) => {
      const option = command.options.find((one) => one.name === name);
      const choice = option.choices.find((one) => one.name === value);
      return [name, choice ? choice.value : (this.values.get(`${name}:${value}`) ?? value)];
    }));
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    if (text.startsWith("/")) {
      const found = this.command(text + " ") ?? this.command(text);
      if (!found) return this.page.complain(this.page.words()["unknown_command"]);
      const options = this.resolved(found.command, this.parse(found).options);
      const missing = found.command.options.filter((one) => one.required && !options[one.name]);
      if (missing.length) {
        this.write(`${text} ${missing[0].shown}:`);
        return this.page.complain(this.page.words()["missing_option"].replace("{name}", missing[0].shown));
      }
      this.page.run(found.command.name, options);
    } else this.page.send(text);
    this.values.clear();
    this.write("");
    this.hide();
  }

  write(text) {
    this.input.value = text;
    this.input.focus();
    this.changed();
  }

  show(offers) {
    this.active = -1;
    this.list.replaceChildren(...offers.map((offer, index) =>
      element("li", { role: "option", id: `suggestion-${index}`, onmousedown: (event) => { event.preventDefault(); offer.choose(); } },
        element("span", {}, offer.label), element("small", {}, offer.hint ?? ""))));
    this.choices = offers;
    this.list.hidden = !offers.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  hide() {
    clearTimeout(this.timer);
    this.show([]);
  }

  key(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.active = (this.active + step + this.choices.length) % this.choices.length;
      [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.active)));
      this.list.children[this.active].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", `suggestion-${this.active}`);
    } else if (event.key === "Tab" || (event.key === "Enter" && this.active >= 0)) {
      event.preventDefault();
      this.choices[Math.max(this.active, 0)].choose();
    } else if (event.key === "Escape") this.hide();
  }
}
