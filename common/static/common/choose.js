// Choosing among results under a search field, and shares that add up to a sum (docs/ui.md).
(() => {
  "use strict";

  const find = (selector, root = document) => (selector ? root.querySelector(selector) : null);
  const boxOf = (field) => find(field.dataset.choose);
  const options = (field) => [...(boxOf(field)?.querySelectorAll('[role="option"]') ?? [])];
  const isChosen = (option) => option.getAttribute("aria-selected") === "true";
  const answers = (field) => boxOf(field)?.querySelector("[data-answers]")?.dataset.answers === field.value.trim();

  const mark = (field, chosen) => {
    for (const option of options(field)) option.setAttribute("aria-selected", String(option === chosen));
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id); else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const dress = (root) => {
    for (const field of root.querySelectorAll?.("[data-choose]") ?? []) {
      const all = options(field);
      field.setAttribute("role", "combobox");
      field.setAttribute("aria-expanded", String(all.length > 0));
      field.setAttribute("aria-controls", boxOf(field)?.querySelector('[role="listbox"]')?.id || boxOf(field)?.id || "");
      for (const option of all) option.tabIndex = -1;
      mark(field, all.find(isChosen));
    }
  };

  // Entrée before the results have come: the only one is taken when they do, of several one has to be seen.
  let hurried = null;
  const enter = (field) => {
    const text = field.value.trim(), chosen = options(field).find(isChosen);
    if (text && !answers(field)) hurried = field;
    else if (chosen) chosen.click();
    else if (!text) find(field.dataset.then)?.requestSubmit();
  };
  const close = (panel) => {
    const row = panel.closest("[data-row]");
    panel.replaceChildren();
    panel.removeAttribute("data-unfolded");
    row.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest?.("[data-choose]");
    const panel = event.target.closest?.("[data-row] [data-unfolded]");
    if (event.key === "Escape" && panel) {
      close(panel);
      event.preventDefault();
    } else if (field && event.key === "Enter") {
      enter(field);
      event.preventDefault();
    } else if (field && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const all = options(field);
      if (!all.length) return;
      const at = all.findIndex(isChosen), step = event.key === "ArrowDown" ? 1 : -1;
      mark(field, all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
      event.preventDefault();
    }
  });

  // ---- an amount that is proposed: what one types takes its place ----
  const takeWhole = (field) => { if (field?.matches?.("[data-whole]")) field.select(); };
  document.addEventListener("focusin", (event) => takeWhole(event.target));

  // ---- shares: what remains of the sum, as one types ----
  const money = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
  const cents = (text) => {
    const read = /^(-?\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s€]/g, "").replace("\u2212", "-"));
    return read ? Number(read[1] + (read[2] ?? "").padEnd(2, "0")) : null;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.matches?.("[data-share]") ? event.target.closest("[data-shares]") : null;
    const told = find("[data-left]", form ?? document.createElement("p"));
    if (!told) return;
    const parts = [...form.querySelectorAll("[data-share]")].map((share) => cents(share.value || "0"));
    const left = parts.includes(null) ? null : cents(form.dataset.shares) - parts.reduce((sum, part) => sum + part, 0);
    told.textContent = left === null ? "Un montant ne se lit pas" : `Reste à partager : ${money.format(left / 100)}`;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    dress(document);
    if (hurried?.isConnected && boxOf(hurried)?.contains(event.detail.elt ?? event.target)) {
      const [only, ...others] = options(hurried);
      if (only && !others.length && answers(hurried)) only.click();
      hurried = null;
    }
  });
  const start = () => {
    dress(document);
    takeWhole(document.activeElement);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
