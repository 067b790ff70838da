// Files that leave by a form `{% drops %}` (docs/ui.md): their size before they are sent, how far they are, and a way to
// stop. Without this file the form leaves as any other.
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
    text.classList.toggle("a-neg", isWrong);
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

  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (!form || event.target.type !== "file") return;
    const wrong = tooBig(form);
    const names = [...event.target.files].map((file) => `${file.name}, ${sizeOf(file.size)}`);
    say(form, wrong || names.join(" · "), Boolean(wrong));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    const wrong = tooBig(form);
    if (wrong) {
      event.preventDefault();
      // It did not leave: the guard that lets a form leave once (ancrage.js) waits for no answer.
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
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
