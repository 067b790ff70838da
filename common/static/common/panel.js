// A link to the proof of a row (an address that ends in `/preuve/`) opens beside the page. Without script it is a page.
(() => {
  "use strict";

  // What was followed last on the page itself: there the focus comes back, also from a proof that led to another.
  let origin = null;

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href$="/preuve/"]');
    const panel = document.querySelector("#panneau");
    if (!link || !panel || !window.htmx || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // Not to a link of a popover, which closes: to what opened it.
    const pop = link.closest("[popover]");
    if (!panel.contains(link)) origin = pop ? document.querySelector(`[popovertarget="${CSS.escape(pop.id)}"]`) : link;
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#panneau", swap: "innerHTML" });
  });

  document.addEventListener("htmx:afterSettle", () => {
    document.querySelector("#panneau > dialog[open]:not([data-heard])")?.addEventListener("close", () => origin?.focus(), { once: true });
    document.querySelector("#panneau > dialog[open]")?.setAttribute("data-heard", "");
  });
})();
