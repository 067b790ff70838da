// A field that finds its row while one types (docs/ui.md, « Forms »): a list box under it. Without this file, or without
// network, the words leave with the form, and the page asks which one.
(() => {
  "use strict";

  const boxOf = (field) => document.getElementById(field.dataset.pickList);
  const optionsOf = (field) => [...boxOf(field).querySelectorAll("[role=option]")];
  const close = (field) => {
    boxOf(field).replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (field, option) => {
    field.value = option.dataset.text;
    close(field);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const light = (field, option) => {
    for (const one of optionsOf(field)) one.setAttribute("aria-selected", String(one === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const asked = new WeakMap();
  const ask = async (field) => {
    const words = field.value.trim();
    const turn = (asked.get(field) ?? 0) + 1;
    asked.set(field, turn);
    if (words.length < 2) { close(field); return; }
    const answer = await fetch(`${field.dataset.pick}&q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
    // Somebody who types on is answered for the last words.
    if (!answer.ok || asked.get(field) !== turn) return;
    boxOf(field).innerHTML = await answer.text();
    const list = boxOf(field).querySelector("[role=listbox]");
    if (list) { list.id = `${field.id}_liste`; field.setAttribute("aria-controls", list.id); }
    for (const [at, option] of optionsOf(field).entries()) option.id = `${field.id}_${at}`;
    field.setAttribute("aria-expanded", String(Boolean(list)));
  };

  let waits = 0;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-pick]")) return;
    // Other words: what was chosen among several counts no more.
    for (const one of field.form?.elements ?? []) if (one.type === "radio" && one.name === field.name) one.checked = false;
    clearTimeout(waits);
    waits = setTimeout(() => ask(field).catch(() => {}), 200);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-pick]") || event.isComposing) return;
    const options = optionsOf(field);
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (!options.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      light(field, options[(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + options.length) % options.length]);
    } else if (event.key === "Enter") {
      choose(field, options[Math.max(at, 0)]);
    } else if (event.key === "Escape") {
      close(field);
    } else {
      return;
    }
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.(".a-found [role=option]");
    for (const field of document.querySelectorAll("[data-pick]")) {
      if (option && boxOf(field).contains(option)) { choose(field, option); field.focus(); }
      else if (event.target !== field) close(field);
    }
  });

  for (const field of document.querySelectorAll("[data-pick]")) {
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) field.setAttribute(name, value);
  }
})();
