// Runs before the first paint, so that a chosen theme or direction does not flash; Storage may be forbidden.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("ads.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.dir = localStorage.getItem("ads.dir") === "rtl" ? "rtl" : "ltr";
  } catch {
    root.dir = "ltr";
  }
})();
