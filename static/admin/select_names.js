/* The admin's pickers with a search (select2) take the name of the field that they stand for. */
"use strict";

function nameSelections() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = select.labels[0]?.textContent.trim() || select.getAttribute("aria-label");
    const selection = select.nextElementSibling?.querySelector(".select2-selection");
    if (label && selection && !selection.hasAttribute("aria-label")) {
      const shown = selection.querySelector(".select2-selection__rendered");
      selection.setAttribute("aria-label", label.replace(/:$/, ""));
      selection.removeAttribute("aria-labelledby");
      if (!shown) continue;
      // What is chosen is read with the picker; it is no field of its own.
      selection.setAttribute("aria-describedby", shown.id);
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
    }
  }
  for (const search of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    search.setAttribute("aria-label", "Search");
  }
}

window.addEventListener("load", () => {
  nameSelections();
  new MutationObserver(nameSelections).observe(document.body, { childList: true, subtree: true });
});
