// Behaviours of the house, all by attributes (docs/ui.md). No library but htmx; a page works without this file, more slowly.
(() => {
  "use strict";

  const memory = {
    get(key) { try { return localStorage.getItem(`ancrage.${key}`); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(`ancrage.${key}`, value); } catch { /* storage refused */ } },
    drop(key) { try { localStorage.removeItem(`ancrage.${key}`); } catch { /* storage refused */ } },
  };
  const writes = (element) => element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");
  const find = (selector, root = document) => (selector ? root.querySelector(selector) : null);
  const letters = () => memory.get("letters") !== "off";
  const visible = (element) => element && !element.disabled && element.offsetParent !== null;

  // ---- theme: system, light, dark ----
  const showTheme = () => {
    const choice = memory.get("theme") || "auto";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };
  const chooseTheme = (choice) => {
    if (choice === "auto") memory.drop("theme"); else memory.set("theme", choice);
    dispatchEvent(new Event("ancrage:theme"));
    showTheme();
  };

  // ---- dialogs ----
  const openDialog = (dialog, opener) => {
    if (!dialog || dialog.open) return;
    document.querySelectorAll("[popover]:popover-open").forEach((pop) => pop.hidePopover());
    dialog.showModal();
    dialog.addEventListener("close", () => { if (opener?.isConnected) opener.focus(); }, { once: true });
  };
  const openArrived = (root) => {
    for (const dialog of root.querySelectorAll?.("dialog[data-auto-open]") ?? []) openDialog(dialog, document.activeElement);
  };

  // ---- back to a form already sent: it keeps its key, so sending it again counts once ----
  const keyOf = (form) => form.querySelector("input[type=hidden][name=idempotency_key], input[type=hidden][name=request_key]");
  const sentAs = (form) => `ancrage.sent:${location.pathname}${location.search} ${form.getAttribute("action") ?? ""}`;
  const rememberKey = (form) => {
    const key = keyOf(form);
    if (key) try { sessionStorage.setItem(sentAs(form), key.value); } catch { /* storage refused */ }
  };
  const takeKeysBack = () => {
    if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
    for (const form of document.querySelectorAll("form[method=post]")) {
      const key = keyOf(form);
      if (key) try { key.value = sessionStorage.getItem(sentAs(form)) ?? key.value; } catch { /* storage refused */ }
    }
  };

  // ---- a POST form leaves once ----
  const busy = (form, on) => {
    if (on) form.dataset.sent = "1"; else delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[type=submit], button:not([type])")) {
      if (button.form !== form) continue;
      if (on) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Attributes, not properties: a field named « method » hides `form.method`.
    const method = event.submitter?.getAttribute("formmethod") || form.getAttribute("method") || "get";
    if (method.toLowerCase() !== "post" || form.hasAttribute("data-again") || form.getAttribute("target") === "_blank") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    busy(form, true);
    rememberKey(form);
    // Someone else may refuse this sending (a warning before it leaves): then it did not leave.
    setTimeout(() => { if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) busy(form, false); });
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) busy(form, false);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => busy(form, false)));

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
    if (event.target.matches("[data-letters]")) {
      if (event.target.checked) memory.drop("letters"); else memory.set("letters", "off");
    }
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
  const startLists = (root) => {
    const lists = [...(root.querySelectorAll?.("[data-keys]") ?? [])];
    if (root.matches?.("[data-keys]")) lists.push(root);
    const around = root.closest?.("[data-keys]");
    if (around) lists.push(around);
    for (const list of lists) {
      const all = rows(list);
      const kept = all.find((row) => row.tabIndex === 0 && row.hasAttribute("tabindex"));
      for (const row of all) row.tabIndex = row === (kept ?? all[0]) ? 0 : -1;
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
    const pick = (root) => [...(root?.querySelectorAll("[data-key]") ?? [])].find((b) => b.dataset.key.toUpperCase() === key && visible(b));
    const bulk = list.closest("[data-bulk]") ?? list.querySelector("[data-bulk]");
    if (bulk && ticked(bulk).length) {
      const button = pick(bulk.querySelector(".a-bulk"));
      if (button) return button;
    }
    const own = row && (pick(row) ?? pick(detailOf(row)));
    if (own || !row || !barHas(list, key)) return own;
    tick(list, row);  // nothing is chosen: the row of the cursor is
    return pick(bulk.querySelector(".a-bulk"));
  };
  // Whether the bar of the list has a button for this letter, shown or not.
  const barHas = (list, key) => {
    const buttons = list?.closest("[data-bulk]")?.querySelectorAll(".a-bulk [data-key]") ?? [];
    return [...buttons].some((button) => button.dataset.key.toUpperCase() === key);
  };
  const listKeys = (event, list) => {
    const row = event.target.closest("[data-row]") ?? rows(list).find((one) => one.tabIndex === 0);
    const onRow = event.target === row || event.target === list;
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
      const button = keyButton(list, row, event.key.toUpperCase());
      if (button) { button.click(); event.preventDefault(); }
    }
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    const list = row?.closest("[data-keys]");
    if (list) setCursor(list, row, false);
  });

  // ---- keys of every page ----
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const search = event.target.closest?.("[data-search-field]");
    if (search && searchKeys(event, search)) return;
    if (writes(event.target)) return;
    if (letters() && !document.querySelector("dialog[open]")) {
      if (event.key === "/") {
        const field = find("[data-search-field]");
        if (field) { field.focus(); field.select(); event.preventDefault(); }
        return;
      }
      if (event.key === "?") {
        openDialog(find("#raccourcis"), document.activeElement);
        event.preventDefault();
        return;
      }
      if (going && event.timeStamp - going < 1500) {
        going = 0;
        const link = find(`:is(.a-side, .a-top) [data-go="${CSS.escape(event.key.toUpperCase())}"]`);
        if (link) { link.click(); event.preventDefault(); return; }
      }
      if (event.key === "g" || event.key === "G") { going = event.timeStamp; return; }
    }
    const list = event.target.closest?.("[data-keys]") ?? listAround(event.target);
    if (list) listKeys(event, list);
    else if (letters() && event.target === document.body) {
      // Nothing has the focus: an arrow, or a letter of the bar, shows the cursor. The next letter acts on its row.
      const first = find("main [data-keys]");
      const row = first && rows(first).find((one) => one.tabIndex === 0);
      const begins = event.key === "ArrowDown" || event.key === "ArrowUp" || (/^[a-z]$/i.test(event.key) && barHas(first, event.key.toUpperCase()));
      if (row && begins) { setCursor(first, row); event.preventDefault(); }
    }
  });
  // What a row unfolds to ask a name is typed into at once.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-row] details[open]")) event.target.querySelector("input[type=search]")?.focus();
  }, true);
  // The detail of a row and the bar of the chosen belong to the list, wherever they stand.
  const listAround = (element) => {
    const bar = element.closest?.(".a-bulk");
    return bar ? bar.closest("[data-bulk]")?.querySelector("[data-keys]") : null;
  };

  // ---- search: the results are a list box under the field ----
  const searchKeys = (event, field) => {
    const box = find("#resultats");
    const options = [...(box?.querySelectorAll('[role="option"]') ?? [])];
    if (event.key === "Escape" && options.length) {
      closeSearch(field);
      event.preventDefault();
      return true;
    }
    if (!options.length) return false;
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length];
      options.forEach((one) => one.setAttribute("aria-selected", String(one === next)));
      field.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
      event.preventDefault();
      return true;
    }
    if (event.key === "Enter" && at >= 0) {
      options[at].click();
      event.preventDefault();
      return true;
    }
    return false;
  };
  const closeSearch = (field) => {
    find("#resultats")?.replaceChildren();
    field?.removeAttribute("aria-activedescendant");
    field?.setAttribute("aria-expanded", "false");
  };
  const dressSearch = () => {
    const field = find("[data-search-field]");
    const box = find('#resultats [role="listbox"]');
    if (!field) return;
    if (box) {
      field.setAttribute("role", "combobox");
      field.setAttribute("aria-controls", box.id || "resultats");
    }
    field.setAttribute("aria-expanded", String(Boolean(box)));
    if (!box) field.removeAttribute("role");
    if (!box) field.removeAttribute("aria-expanded");
  };

  // ---- clicks ----
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-dialog], [data-close], [data-reveal], [data-theme-choice], [data-open-row], [data-print]");
    if (!event.target.closest?.(".a-search")) {
      const field = find("[data-search-field]");
      if (field && find("#resultats")?.childElementCount) closeSearch(field);
    }
    if (!target) return;
    if (target.dataset.dialog !== undefined) openDialog(find(target.dataset.dialog), target);
    if (target.dataset.close !== undefined) target.closest("dialog")?.close();
    if (target.dataset.themeChoice !== undefined) chooseTheme(target.dataset.themeChoice);
    if (target.dataset.print !== undefined) print();
    if (target.dataset.openRow !== undefined) toggleDetail(target.closest("[data-row]"));
    if (target.dataset.reveal !== undefined) {
      const field = find(target.dataset.reveal);
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      target.setAttribute("aria-pressed", String(show));
    }
  });

  // ---- a decision brings its list anew: the row after those that were decided takes the cursor ----
  let decided = null;
  const nameOf = (row) => row.id || row.dataset.detail;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = event.detail.shouldSwap && event.detail.target.id === "contenu" && find("[data-keys]", event.detail.target);
    if (!list) return;
    const all = rows(list);
    const chosen = all.filter((row) => row.querySelector("[data-select]")?.checked);
    const last = all.indexOf(chosen.at(-1) ?? all.find((row) => row.tabIndex === 0));
    decided = { after: all.slice(last + 1).map(nameOf), before: all.slice(0, last + 1).reverse().map(nameOf) };
  });
  const takeCursor = (root) => {
    if (!decided || root.id !== "contenu") return;
    const list = find("[data-keys]", root);
    const all = new Map(list ? rows(list).map((row) => [nameOf(row), row]) : []);
    // Refused, nothing has changed: the cursor stays.
    const next = find("#messages .is-ok", root) ? [...decided.after, ...decided.before] : [...decided.before, ...decided.after];
    const row = next.map((name) => all.get(name)).find(Boolean);
    decided = null;
    if (row) setCursor(list, row); else root.focus({ preventScroll: true });
  };

  // ---- htmx: new content gets the same behaviours; a lost request says so ----
  const dress = (root) => {
    startLists(root);
    countAll(root);
    openArrived(root);
    dressSearch();
    takeCursor(root);
    const summary = root.querySelector?.("[data-focus]");
    if (summary) summary.focus();
    // What had the focus went with the old row: the new one takes its place.
    else if (root.matches?.("[data-keys] [data-row]") && document.activeElement === document.body) root.focus({ preventScroll: true });
  };
  const note = (text) => {
    const zone = find("#messages");
    if (!zone) return;
    const box = document.createElement("div");
    box.className = "a-note is-danger";
    box.setAttribute("role", "alert");
    box.textContent = text;
    zone.replaceChildren(box);
    box.scrollIntoView({ block: "nearest" });
  };
  const failed = (event, text) => {
    const pop = event.detail?.target?.closest?.(".a-pop-body");
    if (pop) {
      const line = document.createElement("p");
      line.className = "p-3 mb-0";
      line.textContent = "L’explication n’a pas pu être chargée. Rechargez la page pour la demander de nouveau.";
      pop.replaceChildren(line);
    } else if (!event.detail?.elt?.matches?.("[data-search-field]")) {
      note(text);
    }
  };
  document.addEventListener("htmx:afterSettle", (event) => dress(event.detail.elt ?? event.target));
  document.addEventListener("htmx:sendError", (event) => failed(event, "Connexion perdue. Rien n’a été enregistré ; réessayez quand le réseau revient."));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 403) failed(event, "Cette action n’est pas ouverte à votre rôle, ou votre session a expiré. Rien n’a été enregistré : rechargez la page.");
    else if (status === 404) failed(event, "Cet élément n’existe plus. Rechargez la page.");
    else failed(event, "L’action n’a pas abouti et rien n’a été enregistré. Réessayez dans un instant.");
  });

  const start = () => {
    showTheme();
    for (const box of document.querySelectorAll("[data-letters]")) box.checked = letters();
    takeKeysBack();
    dress(document);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
