/* Up and down move between the rows of a table of rates; a copied block fills the cells from here. */
"use strict";

function rowsOf(input) {
  const lines = input.closest("tbody").querySelectorAll("tr");
  return Array.from(lines, (line) => Array.from(line.querySelectorAll("input")));
}

function placeOf(rows, input) {
  const down = rows.findIndex((row) => row.includes(input));
  return [down, rows[down].indexOf(input)];
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || !event.target.matches(".matrix td input")) return;
  const rows = rowsOf(event.target);
  const [down, across] = placeOf(rows, event.target);
  const next = rows[down + step]?.[across];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});

document.addEventListener("paste", (event) => {
  if (!event.target.matches(".matrix td input")) return;
  const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const rows = rowsOf(event.target);
  const [down, across] = placeOf(rows, event.target);
  text.split(/\r?\n/).forEach((line, rowNumber) => {
    line.split("\t").forEach((value, columnNumber) => {
      const input = rows[down + rowNumber]?.[across + columnNumber];
      if (input) input.value = value.trim();
    });
  });
});
