/*
 * Light, dark, or as the system has it: kept under the key that the admin's own switch uses.
 * It stands in the head, before anything is painted; without it the system's scheme holds.
 */
"use strict";
(() => {
  const KEY = "theme";
  const CHOICES = ["light", "dark", "auto"];

  function stored() {
    try {
      const theme = localStorage.getItem(KEY);
      return CHOICES.includes(theme) ? theme : "auto";
    } catch {
      return "auto";
    }
  }

  function show(theme) {
    document.documentElement.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-value]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeValue === theme));
    }
  }

  function choose(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A browser that keeps nothing shows it for this page alone.
    }
    show(theme);
  }

  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    for (const control of document.querySelectorAll("[data-theme-choice]")) {
      control.hidden = false;
    }
    show(stored());
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-value]");
    if (button) choose(button.dataset.themeValue);
  });
  window.addEventListener("storage", () => show(stored()));
})();
