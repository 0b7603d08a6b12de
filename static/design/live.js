/* Regions that refresh themselves: none asks in a hidden tab, and what is open in one stays open. */
"use strict";
(() => {
  const open = new Map();

  function detailsIn(region) {
    return [...region.querySelectorAll("details")];
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches(".live")) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.matches(".live")) open.set(target.id, detailsIn(target).map((each) => each.open));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, states] of open) {
      const region = document.getElementById(id);
      if (region) detailsIn(region).forEach((each, place) => (each.open = states[place] ?? each.open));
    }
    open.clear();
  });
})();
