// Messages and their components, from the JSON of Discord's API to DOM nodes.

import { element, inline, markdown } from "/static/markdown.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const NAME_CHANGED = 4;

// `context`: names, language, words, open(channel), press(message, custom_id, values), menu(message, command), channel.
export function messageNode(message, context) {
  const author = message.author.global_name ?? message.author.username;
  const isBot = message.author.id === context.bot;
  const body = element("div", { class: "body" });
  const node = element(
    "article",
    { class: "message" + (message.ephemeral ? " private" : ""), id: "message-" + message.id, "aria-label": author },
    element("div", { class: "avatar" + (isBot ? " bot" : ""), "aria-hidden": "true" }, author.slice(0, 1)),
    body,
  );
  if (message.type === NAME_CHANGED) {
    node.classList.add("system");
    body.append(element("p", {}, context.words["renamed"].replace("{name}", message.content)));
    return node;
  }
  body.append(
    element(
      "header",
      {},
      element("strong", {}, author),
      isBot ? element("span", { class: "badge" }, context.words["bot"]) : null,
      element("time", { datetime: message.timestamp }, clock(message.timestamp, context.language)),
      message.flags & 1 ? element("span", { class: "badge quiet" }, context.words["published"]) : null,
      menu(message, context),
    ),
  );
  if (message.content) body.append(element("div", { class: "text" }, ...markdown(message.content, context)));
  body.append(...message.components.map((component) => componentNode(component, message, context)));
  if (message.edited_timestamp && !message.ephemeral)
    body.append(element("p", { class: "subtext" }, context.words["edited"]));
  if (message.ephemeral) body.append(element("p", { class: "subtext" }, context.words["private"]));
  return node;
}

function menu(message, context) {
  if (!context.menuCommands.length || message.ephemeral) return null;
  return element(
    "details",
    { class: "menu" },
    element("summary", { "aria-label": context.words["menu"] }, "⋯"),
    ...context.menuCommands.map((command) =>
      element("button", { type: "button", onclick: () => context.menu(message, command.name) }, command.shown),
    ),
  );
}

function componentNode(component, message, context) {
  const children = (component.components ?? []).map((child) => componentNode(child, message, context));
  switch (component.type) {
    case 1:
      return element("div", { class: "row" }, ...children);
    case 2:
      return buttonNode(component, message, context);
    case 3: case 5: case 6: case 7: case 8:
      return selectNode(component, context, (values) => context.press(message, component.custom_id, values));
    case 9:
      return element(
        "div", { class: "section" },
        element("div", {}, ...children),
        component.accessory ? componentNode(component.accessory, message, context) : null,
      );
    case 10:
      return element("div", { class: "text" }, ...markdown(component.content, context));
    case 11:
      return element("img", { class: "thumbnail", src: component.media.url, alt: component.description ?? "" });
    case 12:
      return element(
        "div", { class: "gallery" },
        ...component.items.map((item) => element("img", { src: item.media.url, alt: item.description ?? "" })),
      );
    case 14:
      return element("hr", { class: component.divider === false ? "blank" : null });
    case 17: {
      const card = element("div", { class: "card" }, ...children);
      if (component.accent_color) card.style.borderInlineStartColor = "#" + component.accent_color.toString(16).padStart(6, "0");
      return card;
    }
    default:
      return element("p", { class: "subtext" }, `(${component.type})`);
  }
}

function buttonNode(component, message, context) {
  const label = [component.emoji?.name, component.label].filter(Boolean).join(" ");
  if (component.style === 5)
    return element(
      "a", { class: "button link", href: component.url, target: "_blank", rel: "noopener noreferrer" }, label, " ↗",
    );
  return element(
    "button",
    {
      type: "button",
      class: "button " + STYLES[component.style],
      disabled: Boolean(component.disabled),
      onclick: () => context.press(message, component.custom_id),
    },
    label,
  );
}

export function selectNode(component, context, chosen) {
  const most = component.max_values ?? 1;
  const label = component.placeholder ?? context.words["choose"];
  const options = component.options ?? entities(component, context);
  const preset = new Set((component.default_values ?? []).map((value) => value.id));
  if (most === 1) {
    const select = element(
      "select", { "aria-label": label, disabled: Boolean(component.disabled) },
      element("option", { value: "" }, label),
      ...options.map((option) =>
        element("option", { value: option.value, selected: Boolean(option.default) || preset.has(option.value) }, option.label)),
    );
    select.addEventListener("change", () => chosen(select.value ? [select.value] : []));
    return element("div", { class: "select" }, select);
  }
  const boxes = options.map((option) => {
    const box = element("input", { type: "checkbox", value: option.value, checked: Boolean(option.default) || preset.has(option.value) });
    return element("label", {}, box, " ", option.label);
  });
  const values = () => boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value);
  const list = element(
    "details", { class: "select many" }, element("summary", {}, label), ...boxes,
    element("button", { type: "button", class: "button primary", onclick: () => chosen(values()) }, context.words["apply"]),
  );
  list.values = values;
  return list;
}

function entities(component, context) {
  const kinds = { 5: ["users"], 6: ["roles"], 7: ["users", "roles"], 8: ["channels"] }[component.type] ?? [];
  return kinds.flatMap((kind) =>
    Object.entries(kind === "channels" ? context.channelNames : context.names[kind]).map(([value, name]) => ({
      value, label: (kind === "channels" ? "#" : "@") + name.replace(/^@/, ""),
    })));
}

function clock(timestamp, language) {
  return new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(timestamp));
}

// A dialog for a modal; calls `submit(values)` or just closes.
export function modalDialog(modal, context, submit) {
  const fields = [];
  const dialog = element("dialog", { "aria-label": modal.title });
  const form = element("form", { method: "dialog" }, element("h2", {}, modal.title));
  for (const part of modal.components) {
    if (part.type === 10) { form.append(...markdown(part.content, context)); continue; }
    const control = part.component ?? part.components?.[0];
    if (!control) continue;
    const label = element("label", {}, part.label ?? control.label ?? control.placeholder ?? "");
    if (part.description) label.append(element("small", {}, ...inline(part.description, context)));
    const input = control.type === 4
      ? element(control.style === 2 ? "textarea" : "input", {
          required: control.required !== false, maxlength: control.max_length, minlength: control.min_length,
          placeholder: control.placeholder, value: control.style === 2 ? null : control.value,
        }, control.style === 2 ? (control.value ?? "") : null)
      : modalSelect(control, context);
    label.append(input);
    form.append(label);
    fields.push([control, input]);
  }
  form.append(
    element("div", { class: "row" },
      element("button", { type: "submit", class: "button primary" }, context.words["submit"]),
      element("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, context.words["cancel"])),
  );
  form.addEventListener("submit", () => submit(Object.fromEntries(fields.map(([control, input]) => [control.custom_id, valueOf(control, input)]))));
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function modalSelect(control, context) {
  if (control.type === 23) return element("input", { type: "checkbox", checked: Boolean(control.default) });
  if (control.type === 21) return element("select", {}, ...control.options.map((o) => element("option", { value: o.value, selected: Boolean(o.default) }, o.label)));
  return selectNode(control.type === 22 ? { ...control, type: 3, max_values: Math.max(2, control.max_values ?? 2) } : control, context, () => {});
}

function valueOf(control, input) {
  if (control.type === 4 || control.type === 21) return input.value;
  if (control.type === 23) return input.checked;
  if (input.values) return input.values();
  const select = input.querySelector("select");
  return select.value ? [select.value] : [];
}
