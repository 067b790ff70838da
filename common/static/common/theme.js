// Before the first paint: the theme chosen on this machine, else the system's.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = null;
    try { choice = localStorage.getItem("ancrage.theme"); } catch { /* storage refused: the system decides */ }
    document.documentElement.dataset.bsTheme = choice || (dark.matches ? "dark" : "light");
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("ancrage:theme", apply);
})();
