// Applies the stored theme and direction before the first paint. Storage can be unavailable.
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
