// A link to the proof of a row (an address that ends in `/preuve/`) opens beside the page. Without script it is a page.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href$="/preuve/"]');
    if (!link || !window.htmx || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // The focus comes back to what stays: not to a link of a popover, which closes.
    const pop = link.closest("[popover]");
    (pop ? document.querySelector(`[popovertarget="${CSS.escape(pop.id)}"]`) : link)?.focus();
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#panneau", swap: "innerHTML" });
  });
})();
