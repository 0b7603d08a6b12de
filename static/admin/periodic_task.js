// Says in words when the chosen crontab runs; the library's own page does so by an inline script.
(() => {
  const words = document.getElementById("readable-crontabs");
  const chosen = document.getElementById("id_crontab");
  const field = document.querySelector(".field-crontab");
  if (!words || !chosen || !field) return;
  const readable = JSON.parse(words.textContent);
  const help = document.createElement("div");
  help.className = "help";
  field.append(help);
  const tell = () => {
    help.textContent = readable[chosen.value] ? `In words: ${readable[chosen.value]}` : "";
  };
  // The button that adds a crontab changes the choice by jQuery, which no plain listener hears.
  window.django?.jQuery ? window.django.jQuery(chosen).on("change", tell) : chosen.addEventListener("change", tell);
  tell();
  const translation = document.querySelector(".field-crontab_translation");
  if (translation) translation.classList.add("hidden");
})();
