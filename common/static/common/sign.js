// A signature on the screen: `[data-sign]` holds the pad (an SVG, whose own units are kept) and a button that clears it.
// The field `stroke` of its form gets the lines of an SVG path. Without script the paper is signed, as ever.
(() => {
  "use strict";

  const CLOSE = 5; // Units under which a point adds nothing.
  const LONGEST = 4000; // Signs, as the service takes them.

  const begin = (box) => {
    const pad = box.querySelector("svg");
    const drawn = pad.querySelector("path");
    const field = box.closest("form").elements.stroke;
    const { width, height } = pad.viewBox.baseVal;
    let last = null;
    let start = null;

    const show = () => drawn.setAttribute("d", field.value);
    const at = (event) => {
      const place = pad.getBoundingClientRect();
      const within = (part, size) => Math.min(Math.max(Math.round(part * size), 0), size);
      return [
        within((event.clientX - place.left) / place.width, width),
        within((event.clientY - place.top) / place.height, height),
      ];
    };

    pad.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      start = last = at(event);
    });
    pad.addEventListener("pointermove", (event) => {
      if (!last || field.value.length > LONGEST - 20) return;
      const next = at(event);
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) < CLOSE) return;
      field.value += (start ? `M${start.join(" ")}` : "") + `L${next.join(" ")}`;
      start = null;
      last = next;
      show();
    });
    const lift = () => {
      last = null;
    };
    pad.addEventListener("pointerup", lift);
    pad.addEventListener("pointercancel", lift);
    box.querySelector("button").addEventListener("click", () => {
      field.value = "";
      show();
    });
    show();
    box.hidden = false;
  };

  document.querySelectorAll("[data-sign]").forEach(begin);
})();
