// Files that leave by a form `{% drops %}` (docs/ui.md): their size before they are sent, how far they are, and a way to
// stop. A field `data-each` takes several at once: each leaves alone, and says what became of it. Without this file the
// form leaves as any other, with one.
(() => {
  "use strict";

  const sizeOf = (bytes) => bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1e3))}\u00a0Ko`
    : `${(bytes / 1e6).toFixed(1).replace(".", ",")}\u00a0Mo`;
  const formOf = (event) => event.target.closest?.("form[data-drop]");

  // Under the field: what was chosen, and while it leaves its bar.
  const stateOf = (form) => {
    let state = form.querySelector(".a-upload");
    if (state) return state;
    state = document.createElement("div");
    state.className = "a-upload";
    const text = document.createElement("span");
    text.setAttribute("role", "status");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.hidden = true;
    bar.setAttribute("aria-label", "Envoi du fichier");
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "btn btn-sm";
    stop.textContent = "Arrêter l’envoi";
    stop.hidden = true;
    stop.addEventListener("click", () => self.htmx.trigger(form, "htmx:abort"));
    state.append(text, bar, stop);
    form.querySelector("input[type=file]").after(state);
    return state;
  };
  const say = (form, words, isWrong = false) => {
    const text = stateOf(form).querySelector("span");
    text.textContent = words;
    text.classList.toggle("is-wrong", isWrong);
  };
  const sends = (form, on) => {
    const state = stateOf(form);
    state.querySelector("progress").hidden = !on;
    state.querySelector("button").hidden = !on;
  };
  // The file that is larger than its field takes: told before it leaves for nothing.
  const tooBig = (form) => {
    for (const input of form.querySelectorAll("input[type=file][data-most]")) {
      for (const file of input.files) {
        if (file.size > Number(input.dataset.most)) {
          return `« ${file.name} » fait ${sizeOf(file.size)}, la limite est de ${sizeOf(Number(input.dataset.most))} : choisissez-en un autre.`;
        }
      }
    }
    return "";
  };

  // It did not leave by htmx: the guard that lets a form leave once (ancrage.js) waits for no answer.
  const free = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };

  // ---- several at once: `data-each` holds the words of the link to what was made of a file ----
  const takesSeveral = () => {
    for (const field of document.querySelectorAll("form[data-drop] input[data-each]:not([multiple])")) {
      field.multiple = true;
      say(field.form, "Plusieurs fichiers à la fois : chacun est lu à part, un refus n’arrête pas les autres.");
    }
  };
  const rowOf = (form, file) => {
    let list = form.querySelector(".a-sent");
    if (!list) {
      list = document.createElement("ul");
      list.className = "a-sent";
      list.setAttribute("aria-label", "Fichiers envoyés");
      stateOf(form).after(list);
    }
    const row = document.createElement("li");
    row.dataset.file = file.name;
    const name = document.createElement("strong");
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "a-sub";
    size.textContent = `${sizeOf(file.size)}, en attente`;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    row.append(name, size, bar);
    const before = [...list.children].find((other) => other.dataset.file === file.name);
    if (before) before.replaceWith(row); else list.append(row);
    return row;
  };
  // What became of a file takes the place of its bar.
  const became = (row, word, lines, isWrong, link) => {
    row.querySelector("progress").remove();
    row.querySelector(".a-sub").textContent = word;
    row.classList.toggle("is-wrong", isWrong);
    for (const line of lines) {
      const told = document.createElement("p");
      told.textContent = line;
      row.append(told);
    }
    if (link) row.append(link);
  };
  const linkTo = (address, words) => {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    return link;
  };
  const readAs = (request) => {
    try { return JSON.parse(request.responseText); } catch { return null; }
  };
  // Sent again after the network was lost, a file keeps its key: it counts once.
  const keys = new Map();
  const nameOf = (file) => `${file.name} ${file.size} ${file.lastModified}`;
  let current = null;
  const post = (form, input, file, row) => new Promise((done) => {
    const data = new FormData(form);
    data.set(input.name, file, file.name);
    if (!keys.has(nameOf(file))) keys.set(nameOf(file), crypto.randomUUID());
    if (data.has("request_key")) data.set("request_key", keys.get(nameOf(file)));
    const request = new XMLHttpRequest();
    current = request;
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Ancrage-Each", "1");
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (!lengthComputable) return;
      const bar = row.querySelector("progress");
      if (loaded >= total) bar.removeAttribute("value"); else bar.value = loaded / total;
      row.querySelector(".a-sub").textContent = loaded >= total ? "Reçu, en cours de lecture…" : `${sizeOf(loaded)} sur ${sizeOf(total)}`;
    };
    request.onload = () => done(readAs(request));
    request.onerror = request.ontimeout = request.onabort = () => done(null);
    request.send(data);
  });
  const choose = (input, files) => {
    const left = new DataTransfer();
    for (const file of files) left.items.add(file);
    input.files = left.files;
  };
  const counts = (count, one, many) => count ? [`${count}\u00a0${count > 1 ? many : one}`] : [];
  let running = false;
  let stopped = false;
  const sendEach = async (form, input) => {
    running = true;
    stopped = false;
    const lost = [];
    let taken = 0;
    let refused = 0;
    const files = [...input.files].map((file) => [file, rowOf(form, file)]);
    stateOf(form).querySelector("button").hidden = false;
    for (const [index, [file, row]] of files.entries()) {
      if (!form.isConnected) break;
      say(form, `Fichier ${index + 1} sur ${files.length}`);
      const most = Number(input.dataset.most ?? Infinity);
      if (file.size > most) {
        became(row, "Refusé", [`Il fait ${sizeOf(file.size)}, la limite est de ${sizeOf(most)}.`], true);
        refused += 1;
        continue;
      }
      const told = stopped ? null : await post(form, input, file, row);
      if (!told) {
        lost.push(file);
        became(row, stopped ? "Arrêté, il reste choisi" : "Pas parti, il reste choisi", [], true);
        continue;
      }
      keys.delete(nameOf(file));
      if (told.errors) {
        refused += 1;
        became(row, "Refusé, rien n’en a été écrit", told.errors, true);
      } else {
        taken += 1;
        became(row, "Reçu", told.told, false, linkTo(told.to, input.dataset.each));
      }
    }
    current = null;
    running = false;
    stateOf(form).querySelector("button").hidden = true;
    choose(input, lost);
    free(form);
    const sums = [
      ...counts(taken, "fichier reçu", "fichiers reçus"), ...counts(refused, "refusé", "refusés"),
      ...counts(lost.length, "pas parti : envoyez-le de nouveau", "pas partis : envoyez-les de nouveau"),
    ];
    say(form, `${sums.join(", ")}.`, refused + lost.length > 0);
  };
  takesSeveral();
  document.addEventListener("htmx:load", takesSeveral);
  document.addEventListener("htmx:abort", () => {
    stopped = true;
    current?.abort();
  });
  addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });

  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (!form || event.target.type !== "file") return;
    const wrong = event.target.files.length > 1 ? "" : tooBig(form);
    const names = [...event.target.files].map((file) => `${file.name}, ${sizeOf(file.size)}`);
    say(form, wrong || names.join(" · "), Boolean(wrong));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    const several = form.querySelector("input[data-each]");
    if (several?.files.length > 1) {
      event.preventDefault();
      if (!running) sendEach(form, several);
      return;
    }
    const wrong = tooBig(form);
    if (wrong) {
      event.preventDefault();
      free(form);
      say(form, wrong, true);
      form.querySelector("input[type=file]").focus();
      return;
    }
    sends(form, true);
    stateOf(form).querySelector("progress").removeAttribute("value");
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = formOf(event);
    if (!form || !event.detail.lengthComputable) return;
    const { loaded, total } = event.detail;
    const bar = stateOf(form).querySelector("progress");
    // Received; it is being read.
    if (loaded >= total) bar.removeAttribute("value"); else bar.value = loaded / total;
    say(form, loaded >= total ? "Reçu, en cours de lecture…" : `${sizeOf(loaded)} sur ${sizeOf(total)}`);
  });
  const failed = (words) => (event) => {
    const form = formOf(event);
    if (!form) return;
    sends(form, false);
    say(form, words, true);
  };
  document.addEventListener("htmx:sendAbort", failed("Envoi arrêté. Le fichier est encore choisi : envoyez-le, ou prenez-en un autre."));
  document.addEventListener("htmx:sendError", failed("Le réseau a lâché : rien n’est perdu, le fichier est encore choisi. Envoyez-le de nouveau."));
  document.addEventListener("htmx:responseError", failed("Le fichier n’a pas été reçu. Envoyez-le de nouveau."));
})();
