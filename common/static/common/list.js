// Lists under the keyboard: the cursor, the ticks, the keys that act, and the line that says what was done (docs/ui.md).
(() => {
  "use strict";

  const find = (selector, root = document) => (selector ? root.querySelector(selector) : null);
  const letters = () => { try { return localStorage.getItem("ancrage.letters") !== "off"; } catch { return true; } };
  const shown = (element) => element && !element.disabled && element.offsetParent !== null;
  const writes = (element) => element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

  // ---- bulk: what is ticked, counted and summed in cents ----
  const cents = (text) => {
    const [, sign, whole, part = ""] = /^(-?)(\d+)(?:[.,](\d{1,2}))?$/.exec(text || "0") ?? [null, "", "0"];
    const value = BigInt(whole) * 100n + BigInt(part.padEnd(2, "0"));
    return sign ? -value : value;
  };
  const euros = (value) => {
    const digits = String(value < 0n ? -value : value).padStart(3, "0");
    const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${value < 0n ? "\u2212" : ""}${whole},${digits.slice(-2)}\u00a0€`;
  };
  const boxes = (bulk) => [...bulk.querySelectorAll("[data-select]")].filter((box) => !box.disabled);
  const ticked = (bulk) => boxes(bulk).filter((box) => box.checked);
  const count = (bulk) => {
    const all = boxes(bulk);
    const chosen = all.filter((box) => box.checked);
    for (const box of all) {
      const row = box.closest("[data-row], tr, li");
      if (!row) continue;
      if (box.checked) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
    }
    for (const box of bulk.querySelectorAll("[data-select-all]")) {
      box.checked = all.length > 0 && chosen.length === all.length;
      box.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
    const sum = chosen.reduce((total, box) => total + cents(box.dataset.amount), 0n);
    for (const bar of bulk.querySelectorAll(".a-bulk")) bar.hidden = chosen.length === 0 && !bar.hasAttribute("data-always");
    for (const label of bulk.querySelectorAll("[data-bulk-count]")) {
      const words = chosen.length < 2 ? label.dataset.one : label.dataset.many;
      const text = chosen.length ? (words || "{n}").replace("{n}", chosen.length) : label.dataset.none || "";
      if (label.textContent !== text) label.textContent = text;
    }
    for (const label of bulk.querySelectorAll("[data-bulk-sum]")) label.textContent = chosen.length ? euros(sum) : "";
    for (const part of bulk.querySelectorAll("[data-bulk-some]")) part.hidden = chosen.length === 0;
    for (const part of bulk.querySelectorAll("[data-bulk-none]")) part.hidden = chosen.length > 0;
    for (const label of bulk.querySelectorAll("[data-bulk-n]")) label.textContent = chosen.length;
  };
  const countAll = (root) => {
    if (root.matches?.("[data-bulk]")) count(root);
    root.querySelectorAll?.("[data-bulk]").forEach(count);
    const around = root.closest?.("[data-bulk]");
    if (around && around !== root) count(around);
  };
  document.addEventListener("change", (event) => {
    const bulk = event.target.closest?.("[data-bulk]");
    if (bulk && event.target.matches("[data-select-all]")) {
      for (const box of boxes(bulk)) box.checked = event.target.checked;
    }
    if (bulk && event.target.matches("[data-select], [data-select-all]")) count(bulk);
  });

  // ---- lists under the keyboard ----
  const rows = (list) => [...list.querySelectorAll("[data-row]")].filter((row) => !row.hidden && row.closest("[data-keys]") === list);
  const setCursor = (list, row, focus = true) => {
    for (const other of rows(list)) {
      other.tabIndex = other === row ? 0 : -1;
      other.classList.toggle("is-cursor", other === row);
    }
    if (focus && row) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  };
  // What tells a row from the others, also in the list that comes next: its link, where it has no name of its own.
  const nameOf = (row) => row.id || row.dataset.detail || row.querySelector("a[href]")?.getAttribute("href");
  // Where the cursor was when this page was left: it stands there when it is opened again.
  const place = () => `ancrage.cursor:${location.pathname}${location.search}`;
  const left = (list) => {
    if (list !== find("main [data-keys]")) return null;
    try { return sessionStorage.getItem(place()); } catch { return null; }
  };
  // And with the filter and the order that it had; what was searched is a name, and is not kept.
  const asked = (path) => `ancrage.list:${path}`;
  const backToLists = () => {
    for (const link of document.querySelectorAll("nav a[href^='/']:not([aria-current='page']), .breadcrumb a[href^='/']")) {
      const path = link.getAttribute("href");
      try { if (!path.includes("?")) link.href = path + (sessionStorage.getItem(asked(path)) ?? ""); } catch { return; }
    }
  };
  addEventListener("pagehide", () => {
    if (find("main [data-keys]")) {
      const search = new URLSearchParams(location.search);
      search.delete("q");
      try { sessionStorage.setItem(asked(location.pathname), search.size ? `?${search}` : ""); } catch { /* storage refused */ }
    }
    const row = find("main [data-keys] [data-row].is-cursor");
    if (row) try { sessionStorage.setItem(place(), nameOf(row)); } catch { /* storage refused */ }
  });
  const startLists = (root) => {
    const lists = [...(root.querySelectorAll?.("[data-keys]") ?? [])];
    if (root.matches?.("[data-keys]")) lists.push(root);
    const around = root.closest?.("[data-keys]");
    if (around) lists.push(around);
    for (const list of lists) {
      const all = rows(list);
      const kept = all.find((row) => row.tabIndex === 0 && row.hasAttribute("tabindex"));
      const row = kept ?? all.find((one) => nameOf(one) === left(list)) ?? all[0];
      // The keys of a bar act at once: the row that they act on is seen from the start.
      if (shown(list.closest("[data-bulk]")?.querySelector(".a-bulk[data-always]"))) setCursor(list, row, false);
      else for (const other of all) other.tabIndex = other === row ? 0 : -1;
    }
  };
  const detailOf = (row) => find(row.dataset.detail);
  const toggleDetail = (row, open) => {
    const detail = detailOf(row);
    if (!detail) return false;
    const show = open ?? detail.hidden;
    detail.hidden = !show;
    row.querySelectorAll("[data-open-row]").forEach((button) => button.setAttribute("aria-expanded", String(show)));
    if (show && window.htmx) {
      for (const part of [detail, ...detail.querySelectorAll("[hx-get]")]) htmx.trigger(part, "open");
    }
    return true;
  };
  const lastTick = new WeakMap();
  const tick = (list, row, range) => {
    const box = row.querySelector("[data-select]");
    if (!box || box.disabled) return;
    const all = rows(list);
    const from = all.indexOf(lastTick.get(list));
    const to = all.indexOf(row);
    const value = range ? true : !box.checked;
    const part = range && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
    for (const one of part) {
      const other = one.querySelector("[data-select]");
      if (other && !other.disabled && other.checked !== value) {
        other.checked = value;
        other.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    lastTick.set(list, row);
  };
  const keyButton = (list, row, key) => {
    const pick = (root) => [...(root?.querySelectorAll("[data-key]") ?? [])].find((b) => b.dataset.key.toUpperCase() === key && shown(b));
    const bulk = list.closest("[data-bulk]") ?? list.querySelector("[data-bulk]");
    if (bulk && ticked(bulk).length) {
      const button = pick(bulk.querySelector(".a-bulk"));
      if (button) return button;
    }
    return row && (pick(row) ?? pick(detailOf(row)));
  };
  // Nothing is chosen: the button of the bar acts on the row of the cursor, ticked only while its form is read.
  const actOn = (list, row, key) => {
    const box = row?.querySelector("[data-select]");
    const button = box && !box.disabled && barButton(list, key);
    if (!button) return false;
    box.checked = true;
    button.click();
    box.checked = false;
    return true;
  };
  // The button of the list's bar for this letter, shown or not.
  const barButton = (list, key) => {
    const buttons = list?.closest("[data-bulk]")?.querySelectorAll(".a-bulk [data-key]") ?? [];
    return [...buttons].find((button) => button.dataset.key.toUpperCase() === key && !button.disabled);
  };
  const listKeys = (event, list) => {
    const row = event.target.closest("[data-row]") ?? rows(list).find((one) => one.tabIndex === 0);
    // With the focus nowhere, a key is for the row of the cursor.
    const onRow = event.target === row || event.target === list || !event.target.closest("[data-keys], .a-bulk");
    const onBox = event.target.matches("[data-select]");
    const all = rows(list);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target.matches("input[type=radio], select")) return;
      const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)))];
      if (next) { setCursor(list, next); event.preventDefault(); }
    } else if (event.key === " " && row && (onRow || (onBox && event.shiftKey))) {
      tick(list, row, event.shiftKey);
      event.preventDefault();
    } else if (event.key === "Enter" && row && onRow) {
      if (!toggleDetail(row)) (row.querySelector("[data-primary]") ?? row.querySelector("a[href]"))?.click();
      event.preventDefault();
    } else if (event.key === "Escape" && row) {
      const detail = detailOf(row);
      const bulk = list.closest("[data-bulk]");
      if (detail && !detail.hidden) {
        toggleDetail(row, false);
        row.focus();
      } else if (bulk) {
        ticked(bulk).forEach((box) => { box.checked = false; });
        count(bulk);
      }
    } else if (letters() && /^[a-z]$/i.test(event.key) && !event.repeat) {
      const key = event.key.toUpperCase();
      const button = keyButton(list, row, key);
      if (button) button.click();
      if (button || actOn(list, row, key)) event.preventDefault();
    }
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    const list = row?.closest("[data-keys]");
    if (list) setCursor(list, row, false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (writes(event.target) || find("dialog[open]")) return;
    const isBody = event.target === document.body || event.target.id === "contenu";
    const list = event.target.closest?.("[data-keys]") ?? listAround(event.target) ?? (isBody ? find("main [data-keys]") : null);
    const row = list && rows(list).find((one) => one.tabIndex === 0);
    const begins = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (row && isBody && begins && !row.classList.contains("is-cursor")) {
      setCursor(list, row);
      event.preventDefault();
    } else if (list && (!isBody || begins || (row?.classList.contains("is-cursor") && /^([a-z]|Enter)$/i.test(event.key)))) {
      listKeys(event, list);
    }
    if (event.defaultPrevented) return;
    if (letters() && !event.repeat && event.key.toUpperCase() === "Z") {
      const button = find("#messages [data-key=Z]");
      if (button) { button.click(); event.preventDefault(); }
    }
    if (event.key === "Escape") document.querySelectorAll("#messages .a-note").forEach((note) => note.remove());
  });
  // The detail of a row and the bar of the chosen belong to the list, wherever they stand.
  const listAround = (element) => {
    const bar = element.closest?.(".a-bulk");
    return bar ? bar.closest("[data-bulk]")?.querySelector("[data-keys]") : null;
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-open-row], [data-dismiss]");
    if (target?.dataset.openRow !== undefined) toggleDetail(target.closest("[data-row]"));
    if (target?.dataset.dismiss !== undefined) target.closest(".a-note").remove();
  });

  // ---- a decision brings its list anew: the row after those that were decided takes the cursor ----
  let decided = null, acted = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.shouldSwap || event.detail.target.id !== "contenu") return;
    const list = find("[data-keys]", event.detail.target);
    const isBack = Boolean(event.detail.requestConfig?.elt?.closest?.("#messages"));
    const all = list ? rows(list) : [];
    const chosen = all.filter((row) => row.querySelector("[data-select]")?.checked);
    const last = all.indexOf(chosen.at(-1) ?? all.find((row) => row.tabIndex === 0));
    const after = all.slice(last + 1).map(nameOf), before = all.slice(0, last + 1).reverse().map(nameOf);
    // Taken back: the rows that were acted on come again, and the cursor goes to the first of them.
    decided = { after, before, back: isBack ? acted : null };
    if (!isBack) acted = chosen.length ? chosen.map(nameOf) : before.slice(0, 1);
  });
  const takeCursor = (root) => {
    if (!decided || root.id !== "contenu" || find("[data-focus]", root)) return;
    const list = find("[data-keys]", root);
    const all = new Map(list ? rows(list).map((row) => [nameOf(row), row]) : []);
    // Refused, nothing has changed: the cursor stays.
    const isDone = find("#messages .is-ok", root);
    const next = decided.back ? [...decided.back, ...decided.before, ...decided.after] : isDone ? [...decided.after, ...decided.before] : [...decided.before, ...decided.after];
    const row = next.map((name) => all.get(name)).find(Boolean);
    decided = null;
    if (row) setCursor(list, row);
    // What had the focus and came again by its id keeps it.
    else if (!root.contains(document.activeElement)) root.focus({ preventScroll: true });
  };

  // ---- what is done and can't be taken back needs no gesture: its line goes by itself ----
  const SECONDS = 12;
  const passing = (root) => {
    for (const note of root.querySelectorAll?.("#messages .a-note.is-ok:not(:has([data-key=Z]))") ?? []) {
      setTimeout(() => { if (!note.matches(":hover, :focus-within")) note.remove(); }, SECONDS * 1000);
    }
  };

  const dress = (root) => {
    startLists(root);
    backToLists();
    countAll(root);
    takeCursor(root);
    passing(root);
    // What had the focus went with the old row: the new one takes its place.
    if (root.matches?.("[data-keys] [data-row]") && document.activeElement === document.body) root.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:afterSettle", (event) => dress(event.detail.elt ?? event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => dress(document)); else dress(document);
})();
