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
    for (const dialog of root.querySelectorAll?.("dialog[data-auto-open]") ?? []) {
      dialog.removeAttribute("data-auto-open");  // it arrives once: closed, it stays so when what is around it comes anew
      openDialog(dialog, document.activeElement);
    }
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

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-letters]")) {
      if (event.target.checked) memory.drop("letters"); else memory.set("letters", "off");
    }
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
  });

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
    const target = event.target.closest?.("[data-dialog], [data-close], [data-reveal], [data-theme-choice], [data-print]");
    if (!event.target.closest?.(".a-search")) {
      const field = find("[data-search-field]");
      if (field && find("#resultats")?.childElementCount) closeSearch(field);
    }
    if (!target) return;
    if (target.dataset.dialog !== undefined) openDialog(find(target.dataset.dialog), target);
    if (target.dataset.close !== undefined) target.closest("dialog")?.close();
    if (target.dataset.themeChoice !== undefined) chooseTheme(target.dataset.themeChoice);
    if (target.dataset.print !== undefined) print();
    if (target.dataset.reveal !== undefined) {
      const field = find(target.dataset.reveal);
      const show = field.type === "password";
      field.type = show ? "text" : "password";
      target.setAttribute("aria-pressed", String(show));
    }
  });

  // ---- htmx: new content gets the same behaviours; a lost request says so ----
  const dress = (root) => {
    openArrived(root);
    dressSearch();
    const summary = root.querySelector?.("[data-focus]");
    if (summary) summary.focus();
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
