// The forms of the house (docs/ui.md, « Forms »): errors in its own words at their field, chips that write a value, the
// calendar of a day, what an answer will say shown while it is chosen. Every form works without this file.
(() => {
  "use strict";

  const each = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...(root.querySelectorAll?.(selector) ?? [])];
  const told = (field) => {
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  };

  // ---- chips: one press writes the value ----
  const press = (root) => {
    for (const chip of each(root, "[data-put]")) {
      const field = document.getElementById(chip.dataset.into);
      chip.setAttribute("aria-pressed", String(field?.value.trim() === chip.dataset.put));
    }
  };
  const calendar = (field, opener) => {
    let days = opener.nextElementSibling;
    if (!days?.matches(".a-calendar")) {
      days = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "a-calendar" });
      days.setAttribute("aria-hidden", "true");
      days.addEventListener("change", (event) => {
        event.stopPropagation();
        if (!days.value) return;
        field.value = days.value.split("-").reverse().join("/");
        told(field);
      });
      opener.after(days);
    }
    const typed = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(field.value.trim());
    days.value = typed ? `${typed[3]}-${typed[2].padStart(2, "0")}-${typed[1].padStart(2, "0")}` : "";
    try { days.showPicker(); } catch { field.focus(); }
  };
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-put], [data-calendar]");
    const field = chip && document.getElementById(chip.dataset.into ?? chip.dataset.calendar);
    if (!field) return;
    if (chip.dataset.put === undefined) { calendar(field, chip); return; }
    field.value = chip.dataset.put;
    told(field);
  });

  // ---- a file may be dropped anywhere on a page that asks for one: beside its field the browser would open it ----
  const wanted = (event) => event.dataTransfer?.types.includes("Files") && document.querySelector("input.a-drop:not(:disabled)");
  document.addEventListener("dragover", (event) => { if (wanted(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const field = wanted(event);
    if (!field || event.target === field || !event.dataTransfer.files.length) return;
    event.preventDefault();
    const taken = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, field.multiple ? undefined : 1)) taken.items.add(file);
    field.files = taken.files;
    told(field);
    field.focus();
  });

  // ---- what a form will say, beside it: `data-echo` names a field of the form `data-echo-of` ----
  const chosen = (form, name) => {
    const [first] = [...form.elements].filter((one) => one.name === name);
    // What belongs to another choice is not shown, and not said.
    if (!first || first.checkVisibility?.() === false && !first.closest("details:not([open])")) return "";
    if (first.matches("select")) return first.value && first.selectedOptions[0].text;
    if (!first.matches("[type=radio], [type=checkbox]")) return first.value.trim();
    const one = form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
    return one?.closest("label")?.innerText.trim() ?? "";
  };
  const echo = () => {
    for (const place of document.querySelectorAll("[data-echo]")) {
      const form = document.getElementById(place.dataset.echoOf);
      if (!form) continue;
      const said = place.dataset.echo.split(" ").map((name) => chosen(form, name)).filter(Boolean).join(", ");
      place.textContent = said || place.dataset.echoElse;
    }
  };

  // ---- errors in the words of the house, at their field ----
  const boxOf = (field) => (field.type === "radio" && field.closest("fieldset")) || field.closest("div, fieldset");
  const missing = (form) => {
    const found = new Map();
    for (const field of form.elements) {
      if (!field.validity?.valueMissing || found.has(field.name)) continue;
      field.closest("details:not([open])")?.setAttribute("open", "");
      // What is not shown is the server's affair.
      if (field.checkVisibility?.() === false) continue;
      found.set(field.name, field);
    }
    return [...found.values()];
  };
  const words = (field) => {
    if (field.type === "radio") return "Choisissez une réponse.";
    if (field.type === "checkbox") return "Cochez cette case.";
    if (field.matches("select")) return "Choisissez dans la liste.";
    return field.type === "file" ? "Choisissez un fichier." : "À remplir.";
  };
  const complain = (field) => {
    const box = boxOf(field);
    const label = box.dataset.missing || field.dataset.missing || words(field);
    let line = box.querySelector(":scope > .invalid-feedback");
    if (!line) {
      line = document.createElement("div");
      line.className = "invalid-feedback d-flex";
      line.dataset.own = "";
      line.id = `${field.id}_manque`;
      box.append(line);
    }
    line.textContent = label;
    for (const one of field.form.elements) {
      if (one.name !== field.name) continue;
      one.classList.add("is-invalid");
      one.setAttribute("aria-invalid", "true");
      one.dataset.described ??= one.getAttribute("aria-describedby") ?? "";
      one.setAttribute("aria-describedby", `${one.dataset.described} ${line.id}`.trim());
    }
  };
  const forgive = (field) => {
    if (!field.form || !field.getAttribute?.("aria-invalid")) return;
    boxOf(field).querySelector(":scope > .invalid-feedback[data-own]")?.remove();
    for (const one of field.form.elements) {
      if (one.name !== field.name) continue;
      one.classList.remove("is-invalid");
      one.removeAttribute("aria-invalid");
      if (one.dataset.described) one.setAttribute("aria-describedby", one.dataset.described); else one.removeAttribute("aria-describedby");
    }
  };
  // Before any other file hears of it: what is not complete does not leave, nor wait on the phone.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post" || event.submitter?.formNoValidate) return;
    const empty = missing(form);
    if (!empty.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (const field of empty) complain(field);
    empty[0].focus();
    empty[0].scrollIntoView({ block: "center" });
  }, true);
  document.addEventListener("input", (event) => {
    forgive(event.target);
    press(document);
    echo();
  });
  document.addEventListener("change", echo);

  const dress = (root) => {
    for (const form of each(root, "form[method=post]")) form.noValidate = true;
    press(root);
    echo();
  };
  document.addEventListener("htmx:afterSettle", (event) => dress(event.detail.elt ?? event.target));
  // A form that was filled by the phone, or by the way back.
  for (const name of ["pageshow", "ancrage:filled"]) addEventListener(name, () => dress(document));

  const start = () => {
    dress(document);
    // A link to an act of another page opens what it asks.
    const asked = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (asked && asked.matches("button[data-dialog]")) asked.click();
  };
  if (document.readyState === "complete") start(); else addEventListener("DOMContentLoaded", start);
})();
