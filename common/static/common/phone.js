// The phone of who works outside (docs/ui.md, « The phone »): pages kept for the day, sendings that wait for the network,
// drafts. Loaded only where the server says that this person's phone keeps something.
(() => {
  "use strict";

  const person = document.body.dataset.person;
  const outbox = self.ancrageOutbox;
  const own = document.currentScript.dataset;
  // An address without HTTPS has neither keys nor locks: forms leave as they always did.
  if (!person || !outbox || !isSecureContext || !navigator.locks) return;

  const PATIENCE = 15_000;
  const keptAt = document.body.dataset.keptAt;
  const plural = (count, one, many) => `${count} ${count > 1 ? many : one}`;
  const hour = (iso) => {
    const [h, m] = new Date(iso).toLocaleTimeString("fr-FR", { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit" }).split(":");
    return `${Number(h)} h ${m}`;
  };
  const make = (tag, css, text) => {
    const element = document.createElement(tag);
    if (css) element.className = css;
    if (text) element.textContent = text;
    return element;
  };
  const button = (text, css, act) => {
    const element = make("button", css, text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };
  const note = (text, hue = "info") => {
    const box = make("div", `a-note is-${hue}`);
    box.setAttribute("role", "status");
    box.append(make("span", "a-grow", text));
    document.querySelector("#contenu")?.prepend(box);  // in the page: what lies over its foot hides the next step
    return box;
  };

  let keptNote;

  // ---- the service worker, and the pages of the day ----
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker : null;
  const start = async () => {
    await worker.register(own.service, { scope: "/" });
    const links = [...document.querySelectorAll("main a[data-keep]")].map((link) => link.href);
    const ready = await worker.ready;
    // The first page of a phone came before the worker: it is asked for once more, to be kept.
    if (!keptAt) ready.active.postMessage({ keep: [...new Set([...(worker.controller ? [] : [location.href]), ...links])].slice(0, 40) });
  };
  if (worker) {
    addEventListener("load", () => start().catch(() => {}));
    worker.addEventListener("message", (event) => { if (event.data.outbox) show(); });
  }
  // A page that was kept may be sent from twice: each time it is another sending.
  const freshKeys = (root) => {
    for (const key of root.querySelectorAll("input[type=hidden][name=request_key]")) key.value = crypto.randomUUID();
  };
  // What it said when it was kept was said then.
  if (keptAt) {
    freshKeys(document);
    for (const said of document.querySelectorAll("#messages .a-note")) said.remove();
  }

  // ---- the strip, and the list of what waits ----
  const strip = make("div", "a-net is-neutral");
  strip.setAttribute("role", "status");
  strip.hidden = true;
  const top = document.querySelector(".a-phone-top, .a-top");
  top?.after(strip);
  const list = make("dialog", "a-dialog");
  list.setAttribute("aria-labelledby", "envois-titre");
  document.body.append(list);
  let needsSignIn = false;

  const row = (item) => {
    const line = make("li", "a-stacked");
    const words = make("div");
    words.append(make("strong", "", item.label), make("span", "d-block", item.who));
    const state = item.state === "refused" ? item.text : "Attend le réseau";
    words.append(make("span", "a-sub d-block", `${hour(item.at)} · ${state}`));
    const acts = make("div", "a-row a-wrap");
    if (item.state === "refused") {
      const again = make("a", "btn", "Rouvrir");
      again.href = `${item.page}#envoi-${item.id}`;
      // On the page itself only the mark changes: it is opened anew.
      again.addEventListener("click", () => { if (item.page === location.pathname) setTimeout(() => location.reload()); });
      acts.append(again);
    } else {
      acts.append(button("Envoyer", "btn", () => leaveAll()));
    }
    acts.append(button("Retirer", "btn btn-ghost", async (event) => {
      const asked = event.currentTarget;
      if (asked.dataset.sure === undefined) {
        asked.dataset.sure = "";
        asked.textContent = "Retirer : cela ne partira pas";
        return;
      }
      await outbox.drop(item.id);
      await show();
    }));
    line.append(words, acts);
    return line;
  };
  const show = async () => {
    const items = await outbox.all(person);
    const waiting = items.filter((item) => item.state === "waiting");
    const refused = items.length - waiting.length;
    if (!waiting.length) keptNote?.remove();  // it has left
    const told = [];
    if (keptAt) told.push(`Hors ligne : page de ${hour(keptAt)}`);
    if (waiting.length) told.push(plural(waiting.length, "envoi en attente", "envois en attente"));
    if (refused) told.push(plural(refused, "envoi à revoir", "envois à revoir"));
    strip.hidden = told.length === 0;
    // To be without network is normal in a cellar: only what asks for somebody has a colour.
    const asks = refused > 0 || (needsSignIn && waiting.length > 0);
    strip.className = `a-net ${asks ? "is-warn" : "is-neutral"}`;
    strip.replaceChildren(make("span", "a-grow", told.join(" · ")));
    if (needsSignIn && waiting.length) {
      const link = make("a", "btn", "Se connecter pour envoyer");
      link.href = `${own.signIn}?next=${encodeURIComponent(location.pathname)}`;
      strip.append(link);
    }
    if (items.length) strip.append(button("Voir", "btn", () => list.showModal()));
    const title = make("h2", "h3", "Envois de ce téléphone");
    title.id = "envois-titre";
    const rows = make("ul", "a-list mb-0");
    rows.append(...items.map(row));
    const body = items.length ? rows : make("p", "", "Tout est parti.");
    list.replaceChildren(title, body, button("Fermer", "btn w-100 mt-2", () => list.close()));
    mark(items);
    dispatchEvent(new Event("ancrage:shown"));
  };

  // What waits stands on the pages that it is about.
  const mark = (items) => {
    for (const old of document.querySelectorAll("[data-waits]")) old.remove();
    for (const item of items) {
      if (!item.chain) continue;
      for (const link of document.querySelectorAll(`main .a-job a[href="${CSS.escape(item.chain)}"]`)) {
        const line = make("p", "a-sub mb-0", item.state === "refused" ? `${item.label} : à revoir` : `${item.label} : attend le réseau`);
        line.dataset.waits = "";
        link.closest(".a-job").append(line);
      }
    }
    for (const place of document.querySelectorAll("[data-waits-for]")) {
      for (const item of items) {
        if (item.action !== place.dataset.waitsFor) continue;
        const line = make("p", "a-sub mb-0", `${item.label} : ${item.state === "refused" ? "à revoir" : "attend le réseau"}`);
        line.dataset.waits = "";
        place.append(line);
      }
    }
    // Done once: nothing to tap again while it waits.
    for (const form of document.querySelectorAll("form[data-outbox-once]")) {
      form.hidden = items.some((item) => item.state === "waiting" && item.action === pathOf(form));
    }
    // Of the page, or of one card of the day (`data-chain`).
    const waits = (part, what) => {
      const chain = part.closest("[data-chain]")?.dataset.chain ?? location.pathname;
      return items.some((item) => item.chain === chain && item.state === "waiting" && what.test(item.action));
    };
    const START = /\/commencer\/$/, END = /\/(clore|absent)\/$/;
    for (const part of document.querySelectorAll("[data-after-start]")) part.hidden = !waits(part, START) || waits(part, END);
    for (const part of document.querySelectorAll("[data-before-start]")) part.hidden = waits(part, START) || waits(part, END);
    for (const part of document.querySelectorAll("[data-before-end]")) part.hidden = waits(part, END);
  };

  const leaveAll = async () => {
    const told = await outbox.flush({ token: own.token, person });
    needsSignIn = told.state === "signin";
    if (told.state === "offline") later();
    await show();
  };
  const later = async () => {
    try { await (await worker?.ready)?.sync?.register("ancrage-outbox"); } catch { /* not in this browser: at the next page */ }
  };
  addEventListener("online", () => leaveAll().catch(() => {}));
  addEventListener("ancrage:outbox", () => show().catch(() => {}));
  // What waited has left: the pages that were kept meanwhile say no more what is. One that is shown is asked for anew,
  // unless something is being typed there.
  let left = 0;
  addEventListener("ancrage:sent", ({ detail: { item, told } }) => {
    if (told.state !== "done" || Date.now() - new Date(item.at) < 3000) return;
    clearTimeout(left);
    left = setTimeout(async () => {
      (await worker?.ready)?.active.postMessage({ anew: true });
      if (keptAt && !document.querySelector("main form[data-draft]")) location.reload();
    }, 300);
  });
  setInterval(async () => { if ((await outbox.all(person)).some((item) => item.state === "waiting")) await leaveAll(); }, 30_000);

  // ---- a form leaves: kept first, then sent ----
  const pathOf = (form) => new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
  const keep = async (form, submitter) => {
    const fields = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "csrfmiddlewaretoken" || (value instanceof File && !value.size)) continue;
      fields.push([name, value instanceof File ? (await self.ancragePhotos?.smaller(value)) ?? value : value]);
    }
    const { outboxFor: who = "", outboxChain: chain = "" } = form.dataset;
    return put({ action: pathOf(form), label: labelOf(form, submitter), who, chain, fields, headers: {}, blocks: true });
  };
  const put = async (item) => {
    return outbox.put({ ...item, person, state: "waiting", page: location.pathname, at: new Date().toISOString() });
  };
  const sealed = (form) => Boolean(form.querySelector("input[value=SEALED]:checked"));
  // The button that was tapped says what: one form may have several.
  const labelOf = (form, submitter) => submitter?.dataset.outbox || form.dataset.outbox;
  const natively = (form, submitter) => {
    for (const old of form.querySelectorAll("[data-tapped]")) old.remove();
    if (submitter?.name) {
      const field = make("input");
      Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
      field.dataset.tapped = "";
      form.append(field);
    }
    HTMLFormElement.prototype.submit.call(form);
  };
  const send = async (form, submitter) => {
    let id;
    try {
      id = await keep(form, submitter);
    } catch {
      natively(form, submitter);  // storage refused or full
      return;
    }
    const slow = new Promise((done) => { setTimeout(() => done({ state: "slow" }), PATIENCE); });
    const told = await Promise.race([outbox.flush({ token: own.token, own: id, person }), slow]);
    if (told.state === "refused") {
      // The server says at which field: the form goes there as it would have without this file.
      await outbox.drop(id);
      natively(form, submitter);
      return;
    }
    await outbox.dropDraft(place(form));
    if (form.dataset.reopened) await outbox.drop(Number(form.dataset.reopened));
    const next = form.dataset.outboxNext || location.pathname;
    if (form.hasAttribute("hx-post")) {
      // In its place: what is being typed elsewhere in the page stays.
      freshKeys(form);
      form.reset();
      delete form.dataset.leaving;
      if (told.state === "done") await htmx.ajax("GET", told.to ?? next, { source: form, target: form.getAttribute("hx-target"), swap: "outerHTML", select: form.getAttribute("hx-select") });
      else later();
      await show();
      return;
    }
    if (told.state === "done") {
      location.assign(told.to ?? next);  // another page may have sent it: where it led is not known here
      return;
    }
    later();
    try { sessionStorage.setItem("ancrage.kept", labelOf(form, submitter)); } catch { /* storage refused */ }
    if (next === location.pathname) location.reload(); else location.assign(next);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-outbox]") || event.defaultPrevented || sealed(form)) return;
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (form.dataset.leaving) return;
    form.dataset.leaving = "1";
    send(form, event.submitter).catch(() => natively(form, event.submitter));
  });
  // htmx listens on the form itself: what waits here must not reach it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-outbox][hx-post]") || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    form.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true, detail: {} }));  // it may leave again
    if (form.dataset.leaving) return;
    form.dataset.leaving = "1";
    send(form, event.submitter).catch(() => natively(form, event.submitter));
  }, true);
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("[data-leaving]")) delete form.dataset.leaving; });

  // ---- what was refused, opened again: what was typed beside what is there now ----
  const UNTYPED = ["csrfmiddlewaretoken", "request_key", "seen", "retour"];
  const words = (item) => item.fields.filter(([name, value]) => typeof value === "string" && value && !/^[A-Z_]+$/.test(value) && !UNTYPED.includes(name));
  const reopen = async () => {
    const [, id] = /^#envoi-(\d+)$/.exec(location.hash) ?? [];
    const item = id ? await outbox.get(Number(id)) : null;
    if (item?.person !== person) return;
    const box = note(`${item.label} : ${item.text}`, "warn");
    const form = [...document.querySelectorAll("form[data-outbox]")].find((one) => pathOf(one) === item.action && !one.closest("[hidden]"));
    if (form) {
      fill(form, item.fields);
      form.dataset.reopened = item.id;
      box.append(make("span", "", "Ce que vous aviez saisi est dans la page. Vérifiez, puis renvoyez."));
    } else if (words(item).length) {
      box.append(make("span", "", `Vous aviez saisi : ${words(item).map(([, value]) => value).join(" · ")}`));
    }
  };
  const fill = (form, fields) => {
    const files = new Map();
    for (const [name, value] of fields) {
      if (UNTYPED.includes(name)) continue;
      const found = [...form.elements].filter((one) => one.name === name);
      if (value instanceof Blob) {
        if (!files.has(name)) files.set(name, new DataTransfer());
        files.get(name).items.add(value);
      } else if (found[0]?.matches("[type=radio], [type=checkbox]")) {
        for (const one of found) if (one.value === value) one.checked = true;
      } else if (found[0]?.matches("button")) {
        found.find((one) => one.value === value)?.focus();  // what was tapped is tapped again, or not
      } else if (found[0]) {
        found[0].value = value;
      }
    }
    for (const [name, chosen] of files) for (const one of form.elements) if (one.name === name) one.files = chosen.files;
    dispatchEvent(new Event("ancrage:filled"));
  };

  // ---- drafts of long forms ----
  const DRAFT_DAYS = 2;
  const place = (form) => `${person} ${location.pathname} ${form.id}`;
  const written = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !UNTYPED.includes(name));
  const startDraft = async (form) => {
    const first = JSON.stringify(written(form));
    const found = await outbox.draft(place(form));
    const isOld = found && Date.now() - new Date(found.at) > DRAFT_DAYS * 86_400_000;
    if (isOld) await outbox.dropDraft(place(form));
    // A page that shows what was refused has it already.
    if (found && !isOld && !document.querySelector("[data-focus]") && !location.hash && JSON.stringify(found.fields) !== first) {
      fill(form, found.fields);
      const line = make("div", "a-row a-sub mb-2");
      line.append(make("span", "", `Brouillon de ${hour(found.at)}`), button("Effacer", "btn btn-ghost", async () => {
        await outbox.dropDraft(place(form));
        form.reset();
        line.remove();
      }));
      form.prepend(line);
    }
    let wait = 0;
    const write = () => {
      wait = 0;
      if (form.dataset.leaving) return;
      // What only named persons may read stays off the phone.
      if (sealed(form)) outbox.dropDraft(place(form)).catch(() => {});
      else outbox.putDraft({ place: place(form), at: new Date().toISOString(), fields: written(form) }).catch(() => {});
    };
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(write, 300); });
    addEventListener("pagehide", () => { if (wait) write(); });
    // One that leaves by itself, not by the outbox, is over when the next page says that it is done.
    form.addEventListener("submit", () => {
      if (!form.hasAttribute("data-outbox")) try { sessionStorage.setItem("ancrage.draft", place(form)); } catch { /* storage refused */ }
    });
  };
  const endDraft = async () => {
    try {
      const sent = sessionStorage.getItem("ancrage.draft");
      sessionStorage.removeItem("ancrage.draft");
      if (sent && document.querySelector("#messages .is-ok")) await outbox.dropDraft(sent);
    } catch { /* storage refused */ }
  };

  // ---- who leaves takes everything along ----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") !== own.signOut || form.dataset.emptied) return;
    event.preventDefault();
    (async () => {
      const waiting = await outbox.all(person);
      if (waiting.length && form.dataset.asked === undefined) {
        form.dataset.asked = "";
        await leaveAll();
        if ((await outbox.all(person)).length) {
          const left = plural(waiting.length, "envoi n’est pas parti", "envois ne sont pas partis");
          form.before(note(`${left}. Envoyez d’abord, ou touchez de nouveau « Se déconnecter » pour tout effacer.`, "warn"));
          return;
        }
      }
      form.dataset.emptied = "1";
      await outbox.empty().catch(() => {});
      await caches.delete("ancrage-pages").catch(() => {});
      natively(form);
    })();
  });

  const begin = async () => {
    try {
      const kept = sessionStorage.getItem("ancrage.kept");
      if (kept) keptNote = note(`${kept} : gardé sur ce téléphone. L’envoi part dès que le réseau revient.`, "info");
      sessionStorage.removeItem("ancrage.kept");
    } catch { /* storage refused */ }
    await show();
    await reopen();
    await endDraft();
    for (const form of document.querySelectorAll("form[data-draft]")) await startDraft(form);
    if ((await outbox.all(person)).some((item) => item.state === "waiting")) await leaveAll();
  };
  begin().catch(() => {});
  self.ancragePhone = { person, keep: put, leaveAll, show };
})();
