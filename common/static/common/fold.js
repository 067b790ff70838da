// A link that opens what its row is made of: `data-unfold` names those rows. Without script it leads to a page on which
// everything is written out.
(() => {
  "use strict";

  const turn = (link, show) => {
    link.setAttribute("aria-expanded", String(show));
    document.querySelectorAll(link.dataset.unfold).forEach((row) => {
      row.hidden = !show;
      if (!show) row.querySelectorAll('[data-unfold][aria-expanded="true"]').forEach((inner) => turn(inner, false));
    });
  };

  const act = (event) => {
    const link = event.target.closest?.("[data-unfold]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    turn(link, link.getAttribute("aria-expanded") !== "true");
  };

  document.addEventListener("click", act);
  document.addEventListener("keydown", (event) => {
    if (event.key === " ") act(event);
  });
})();
