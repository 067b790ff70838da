// Photos that leave as soon as they are chosen (docs/ui.md): made smaller on the phone, one after the other, with their
// progress. Without this file they leave with the form.
(() => {
  "use strict";

  const SIDE = 1600;
  const QUALITY = 0.85;
  const LIGHT = 600 * 1024;

  // Upright and at the size that is kept. What the browser can't read (HEIC, often) leaves as it is: the server reads it.
  const smaller = async (file) => {
    if (!file.type.startsWith("image/") || file.size < LIGHT) return file;
    try {
      const bitmap = await createImageBitmap(file);
      const ratio = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * ratio);
      canvas.height = Math.round(bitmap.height * ratio);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  };

  self.ancragePhotos = { smaller };

  const send = (zone, name, file, told) => new Promise((done) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append(name, file, file.name);
    request.open("POST", zone.dataset.upload);
    for (const [header, value] of Object.entries(JSON.parse(document.body.getAttribute("hx-headers")))) request.setRequestHeader(header, value);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => { if (event.lengthComputable) told(event.loaded / event.total); };
    request.onload = () => done(request);
    request.onerror = request.ontimeout = request.onabort = () => done(null);
    request.timeout = 300_000;
    request.send(data);
  });

  // What the server kept or refused with a reason is no longer chosen; what did not get through stays, to be sent again.
  const unchoose = (input, file) => {
    const kept = new DataTransfer();
    for (const other of input.files) if (other !== file) kept.items.add(other);
    input.files = kept.files;
  };
  const stateOf = (input) => {
    let state = input.parentElement.querySelector(".a-upload");
    if (!state) {
      state = document.createElement("div");
      state.className = "a-upload";
      const text = document.createElement("span");
      text.setAttribute("role", "status");
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", "Envoi de la photo");
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn";
      again.textContent = "Renvoyer";
      again.addEventListener("click", () => queue(input));
      state.append(text, bar, again);
      input.after(state);
    }
    const [text, bar, again] = state.children;
    return { text, bar, again };
  };

  // Why a photo was refused stays, whatever the next answer brings, until it was seen.
  const keepRefusals = (zone) => {
    const list = document.querySelector(zone.dataset.into);
    for (const told of list.querySelectorAll(":scope > [role=alert]")) {
      let box = list.previousElementSibling;
      if (!box?.matches(".a-refused")) {
        box = document.createElement("div");
        box.className = "a-refused a-stacked";
        list.before(box);
      }
      const seen = document.createElement("button");
      seen.type = "button";
      seen.className = "btn btn-sm";
      seen.textContent = "Vu";
      seen.addEventListener("click", () => {
        told.remove();
        if (!box.children.length) box.remove();
      });
      told.append(seen);
      box.append(told);
    }
  };

  const arrived = (zone, html) => {
    const list = document.querySelector(zone.dataset.into);
    list.outerHTML = html;
    window.htmx?.process(document.querySelector(zone.dataset.into));
    keepRefusals(zone);
  };

  // Where the phone keeps what could not leave (phone.js), a photo is kept before it leaves, and needs nobody to leave.
  const keep = async (zone, name, file) => {
    if (!self.ancragePhone) return null;
    const { upload: action, outboxChain: chain, outboxFor: who } = zone.dataset;
    const headers = { "HX-Request": "true" };
    try {
      return await self.ancragePhone.keep({ action, chain, who, headers, label: "Photo", fields: [[name, file]], blocks: false });
    } catch {
      return null;
    }
  };
  const isAfterOthers = async (zone, kept) => {
    const items = await self.ancrageOutbox.all(self.ancragePhone.person);
    return items.some((item) => item.chain === zone.dataset.outboxChain && item.id < kept);
  };
  addEventListener("ancrage:sent", (event) => {
    const { item, told } = event.detail;
    const zone = [...document.querySelectorAll("[data-upload]")].find((one) => one.dataset.upload === item.action);
    if (zone && told.html) arrived(zone, told.html);
  });
  const waiting = async () => {
    for (const zone of document.querySelectorAll("[data-upload]")) {
      const items = (await self.ancrageOutbox.all(self.ancragePhone.person)).filter((item) => item.action === zone.dataset.upload);
      let list = zone.querySelector(".a-photos[data-waiting]");
      if (!list) {
        list = document.createElement("ul");
        list.className = "a-photos";
        list.dataset.waiting = "";
        list.setAttribute("aria-label", "Photos qui attendent le réseau");
        zone.prepend(list);
      }
      for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
      list.hidden = items.length === 0;
      list.replaceChildren(...items.map((item) => {
        const row = document.createElement("li");
        const picture = document.createElement("img");
        picture.src = URL.createObjectURL(item.fields[0][1]);
        picture.alt = `${item.fields[0][0] === "before" ? "Avant" : "Après"}, attend le réseau`;
        picture.width = picture.height = 96;
        row.append(picture);
        return row;
      }));
    }
  };
  addEventListener("ancrage:shown", () => waiting().catch(() => {}));

  let running = 0;
  let line = Promise.resolve();
  const leave = async (input) => {
    const zone = input.closest("[data-upload]");
    const { text, bar, again } = stateOf(input);
    const files = [...input.files];
    again.hidden = true;
    bar.hidden = false;
    let lost = 0;
    for (const [index, file] of files.entries()) {
      text.textContent = files.length > 1 ? `Photo ${index + 1} sur ${files.length}` : "Envoi de la photo";
      bar.removeAttribute("value");
      const light = await smaller(file);
      const kept = await keep(zone, input.name, light);
      if (kept) unchoose(input, file);
      // What waits already leaves first: a photo has its passage only when the passage has begun.
      if (kept && await isAfterOthers(zone, kept)) {
        await self.ancragePhone.leaveAll();
        continue;
      }
      const answer = await send(zone, input.name, light, (part) => { bar.value = part; });
      if (answer && (answer.status === 200 || answer.status === 422)) {
        if (kept) await self.ancrageOutbox.drop(kept); else unchoose(input, file);
        arrived(zone, answer.responseText);
      } else if (!kept) {
        lost += 1;
      }
      if (kept) await self.ancragePhone.show();
    }
    bar.hidden = true;
    again.hidden = lost === 0;
    const words = lost > 1 ? `${lost} photos ne sont pas parties. Elles restent choisies` : "Une photo n’est pas partie. Elle reste choisie";
    text.textContent = lost ? `${words} : renvoyez quand le réseau revient.` : "";
  };
  const queue = (input) => {
    if (!input.files.length) return;
    running += 1;
    line = line.then(() => leave(input)).catch(() => {}).then(() => { running -= 1; });
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload] input[type=file]")) queue(event.target);
  });
  // The form that the photos belong to waits until they are gone.
  document.addEventListener("submit", (event) => {
    const inputs = [...document.querySelectorAll("[data-upload] input[type=file]")];
    const own = inputs.filter((input) => input.form === event.target && input.files.length);
    if (!running || !own.length) return;
    event.preventDefault();
    stateOf(own[0]).text.textContent = "Les photos partent encore : terminez dans un instant.";
    own[0].scrollIntoView({ block: "center" });
  });
  addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
})();
