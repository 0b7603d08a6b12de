/* Another model has another form: ask for it as soon as it is chosen. Without this script, a button does. */
"use strict";

document.addEventListener("change", (event) => {
  if (!event.target.matches("select#id_model, select#id_kind")) return;
  const button = document.querySelector("button[name=_show]");
  if (button) button.form.requestSubmit(button);
});
