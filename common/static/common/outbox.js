// What was sent and could not leave yet (docs/ui.md, « The phone »), for pages and the service worker. A sending is kept
// before it leaves, with the key that makes it count once, and goes from here when the server has said that it has it.
(() => {
  "use strict";

  const opened = () => idb.openDB("ancrage-phone", 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id", autoIncrement: true });
      db.createObjectStore("drafts", { keyPath: "place" });
    },
  });
  let base = null;
  const db = () => { base ??= opened().catch((error) => { base = null; throw error; }); return base; };

  const all = async (person) => (await (await db()).getAll("outbox")).filter((item) => item.person === person);
  const get = async (id) => (await db()).get("outbox", id);
  // `strict`: written to the disk before this returns. The battery may die in the next second.
  const write = async (name, change) => {
    const transaction = (await db()).transaction(name, "readwrite", { durability: "strict" });
    const result = await change(transaction.store);
    await transaction.done;
    return result;
  };
  const put = (item) => write("outbox", (store) => store.put(item));
  const drop = (id) => write("outbox", (store) => store.delete(id));
  const changed = (item, told) => {
    if (self.document) {
      dispatchEvent(new CustomEvent("ancrage:sent", { detail: { item, told } }));
      dispatchEvent(new Event("ancrage:outbox"));
    }
    else self.clients.matchAll().then((clients) => clients.forEach((client) => client.postMessage({ outbox: true })));
  };

  const REFUSED = {
    403: "Cette action n’est pas ouverte à votre rôle.",
    404: "Cela n’est plus à vous, ou n’existe plus.",
    409: "Cela a changé entre-temps.",
    413: "C’est trop lourd.",
    422: "Quelque chose est à corriger. Rouvrez la page : ce que vous aviez saisi y est.",
  };

  // What became of one sending: `state` is done, refused, offline, signin or busy.
  const send = async (item, token, signal) => {
    const body = new FormData();
    for (const [name, value] of item.fields) {
      if (value instanceof Blob) body.append(name, value, value.name ?? "photo.jpg"); else body.append(name, value);
    }
    body.set("csrfmiddlewaretoken", token);
    const headers = { "Ancrage-Outbox": "1", "X-CSRFToken": token, ...item.headers };
    let answer;
    let text;
    try {
      answer = await fetch(item.action, { method: "POST", body, headers, signal });
      text = await answer.text();
    } catch {
      return { state: "offline" };
    }
    let told = {};
    try { told = JSON.parse(text); } catch { /* a page, or a part of one */ }
    if (answer.redirected && !told.state) return { state: "signin" };
    if (answer.ok) return { ...told, state: "done", html: text };
    if (answer.status >= 500 || answer.status === 429 || told.state === "busy") return { state: "busy" };
    return { state: "refused", status: answer.status, text: told.text || REFUSED[answer.status] || "Refusé.", html: text };
  };

  const gate = async (address) => {
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(10_000), cache: "no-store" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  // One at a time on the device, oldest first. `own` is the id of a sending whose answer the caller waits for, `person`
  // whose page it is. What another person left waits for him.
  const flush = ({ token, own, person }) => navigator.locks.request("ancrage-outbox", async () => {
    const who = await gate(token);
    if (!who) return { state: "offline" };
    if (person && who.person !== person) return { state: "signin" };
    const waiting = (await all(who.person)).filter((item) => item.state === "waiting");
    // Another page, or the service worker, may have sent it meanwhile.
    let last = { state: own && !waiting.some((item) => item.id === own) && (await get(own)) ? "stuck" : "done" };
    const stuck = new Set((await all(who.person)).filter((item) => item.state === "refused" && item.blocks).map((item) => item.chain));
    stuck.delete("");
    for (const item of waiting) {
      // What follows something that was refused would be refused too, or worse.
      if (stuck.has(item.chain)) {
        if (item.id === own) last = { state: "stuck" };
        continue;
      }
      const told = await send(item, who.token, AbortSignal.timeout(120_000));
      if (told.state === "done") await drop(item.id);
      if (told.state === "refused") {
        await put({ ...item, state: "refused", text: told.text });
        if (item.chain && item.blocks) stuck.add(item.chain);
      }
      changed(item, told);
      if (item.id === own) last = told;
      if (["offline", "signin", "busy"].includes(told.state)) return told;
    }
    return last;
  });

  const draft = async (place) => (await db()).get("drafts", place);
  const putDraft = (value) => write("drafts", (store) => store.put(value));
  const dropDraft = (place) => write("drafts", (store) => store.delete(place));
  const empty = async () => {
    await write("outbox", (store) => store.clear());
    await write("drafts", (store) => store.clear());
  };

  self.ancrageOutbox = { all, get, put, drop, flush, draft, putDraft, dropDraft, empty };
})();
