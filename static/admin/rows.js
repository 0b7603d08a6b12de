/* Rows of boxes: one more at the end, and one less. Without this script a page has empty rows. */
"use strict";

function emptied(row, number) {
  row.querySelectorAll("[name]").forEach((box) => {
    box.name = box.name.replace(/-\d+-/, `-${number}-`);
    box.removeAttribute("aria-invalid");
    if (box.type === "checkbox") box.checked = false;
    else if (box.tagName === "SELECT") box.selectedIndex = 0;
    else box.value = "";
  });
  row.querySelectorAll("[aria-label]").forEach((each) => {
    each.setAttribute("aria-label", each.getAttribute("aria-label").replace(/\d+$/, number + 1));
  });
  row.querySelectorAll(".rows-wrong").forEach((cell) => cell.classList.remove("rows-wrong"));
}

function withButton(row, item) {
  const cell = row.insertCell();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rows-remove";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove this ${item}`);
  button.addEventListener("click", () => {
    const rows = row.parentElement.rows;
    if (rows.length > 1) row.remove();
    else emptied(row, 0);
  });
  cell.append(button);
}

function withAdding(frame) {
  const { item } = frame.dataset;
  const body = frame.querySelector("tbody");
  let next = body.rows.length;
  const pattern = body.rows[next - 1].cloneNode(true);
  frame.querySelector("thead tr").insertCell().className = "rows-end";
  Array.from(body.rows).forEach((row) => withButton(row, item));
  const add = document.createElement("button");
  add.type = "button";
  add.className = "button rows-add";
  add.textContent = `Add ${item}`;
  add.addEventListener("click", () => {
    const row = pattern.cloneNode(true);
    emptied(row, next);
    next += 1;
    body.append(row);
    withButton(row, item);
    row.querySelector("input, select").focus();
  });
  frame.after(add);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-rows]").forEach(withAdding);
});
