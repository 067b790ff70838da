// The service worker (docs/ui.md, « The phone »): the parts of a page are kept, and the pages of the day that the server
// says may be (`office/devices/keeping.py`). Everything else goes to the network as if it were not there.
"use strict";

const SHELL = "ancrage-shell";
const PAGES = "ancrage-pages";
const PERSON = "Ancrage-Person";
const KEEP = "Ancrage-Keep";
const KEPT_AT = "Ancrage-Kept-At";
const WHO = "/appareil/qui";  // no page: where the cache holds whose pages these are
const PATIENCE = 4000;
const { shell, offline, token } = self.ANCRAGE;

const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    // As a visitor: what somebody has to be told stays for his own page.
    await cache.put(offline, await fetch(offline, { credentials: "omit", cache: "no-store" }));
    await cache.addAll(shell);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    const wanted = new Set([...shell, offline].map((path) => new URL(path, location.href).href));
    for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
    await self.clients.claim();
  })());
});

// ---- pages ----
const isPage = (response) => (response.headers.get("Content-Type") ?? "").startsWith("text/html");

// Another person, or nobody: what was kept goes. An answer that does not say whose it is (a proxy's) changes nothing.
const known = async (response) => {
  const person = response.headers.get(PERSON);
  if (!person) return;
  const cache = await caches.open(PAGES);
  const before = await cache.match(WHO);
  if (before && (await before.text()) === person) return;
  await caches.delete(PAGES);
  await (await caches.open(PAGES)).put(WHO, new Response(person));
};

// Past its last day, or never to be kept.
const isOver = (response) => (response.headers.get(KEEP) ?? "") < today();

const keep = async (url, response) => {
  if (!response.ok || response.redirected || isOver(response)) return;
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, new Date().toISOString());
  headers.delete("Content-Encoding");
  const copy = new Response(await response.blob(), { status: 200, headers });
  await (await caches.open(PAGES)).put(url, copy);
};

const kept = async (url) => {
  const cache = await caches.open(PAGES);
  const found = await cache.match(url);
  if (!found || !isOver(found)) return found;
  await cache.delete(url);  // of a day that is over
  return undefined;
};

const dropFormerDays = async () => {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) if (new URL(request.url).pathname !== WHO) await kept(request.url);
};

const shown = async (found) => {
  const at = found.headers.get(KEPT_AT);
  const text = (await found.text()).replace("<body", () => `<body data-kept-at="${at}"`);
  return new Response(text, { status: 200, headers: found.headers });
};

const nothing = async () => {
  const page = await (await caches.open(SHELL)).match(offline);
  if (!page) return Response.error();
  const cache = await caches.open(PAGES);
  const links = [];
  for (const request of await cache.keys()) {
    const found = new URL(request.url).pathname === WHO ? undefined : await kept(request.url);
    const title = /<title>([^<]*) – Ancrage<\/title>/.exec(found ? await found.text() : "");
    if (title) links.push(`<li><a class="a-link" href="${request.url.replaceAll('"', "%22")}">${title[1]}</a></li>`);
  }
  const text = (await page.text()).replace('id="gardees">', (tag) => tag + links.join(""));
  return new Response(text, { status: 200, headers: page.headers });
};

const open = async (event) => {
  const asked = fetch(event.request).then(async (response) => {
    if (isPage(response)) {
      await known(response);
      event.waitUntil(keep(event.request.url, response.clone()));
    }
    return response;
  });
  const fallback = await kept(event.request.url);
  if (!fallback) return asked.catch(() => nothing());
  event.waitUntil(asked.catch(() => {}));
  const late = new Promise((done) => { setTimeout(done, PATIENCE); });
  const first = await Promise.race([asked.catch(() => null), late]);
  return first ?? (await stillMine(fallback));
};

// Meanwhile another person may have come: what was his is gone from the cache.
const stillMine = async (found) => {
  const before = await (await caches.open(PAGES)).match(WHO);
  return before && (await before.text()) === found.headers.get(PERSON) ? shown(found) : nothing();
};

// ---- parts ----
const part = async (request) => {
  const found = await (await caches.open(SHELL)).match(request);
  return found ?? fetch(request);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

// ---- what a page asks for ----
const ahead = async (urls) => {
  await dropFormerDays();
  for (const url of urls) {
    try {
      const response = await fetch(url, { headers: { "Ancrage-Ahead": "1" } });
      if (isPage(response)) await known(response);
      // It is nobody's to open any more, or leads elsewhere now.
      if (response.redirected || response.status === 404) await (await caches.open(PAGES)).delete(url);
      await keep(url, response);
    } catch {
      return;  // no network: another time
    }
  }
};

// What left later than it was sent changed the pages that were kept meanwhile.
const anew = async () => {
  const urls = (await (await caches.open(PAGES)).keys()).map((request) => request.url);
  await ahead(urls.filter((url) => new URL(url).pathname !== WHO));
};

self.addEventListener("message", (event) => {
  if (event.data.anew) event.waitUntil(anew());
  if (event.data.keep) event.waitUntil(ahead(event.data.keep));
  if (event.data.drop) event.waitUntil(caches.delete(PAGES).then(() => event.ports[0]?.postMessage("dropped")));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "ancrage-outbox") event.waitUntil(self.ancrageOutbox.flush({ token }).then(anew));
});
