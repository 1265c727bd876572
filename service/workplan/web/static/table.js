// Sorts a table in place where all its rows are on the page; without this script each column's link does it.

const key = (cell) => cell.dataset.key ?? cell.textContent.trim();
const isMissing = (cell) => cell.querySelector(".missing") !== null;

function sort(table, place, isNumber, way) {
  const body = table.tBodies[0];
  const compare = isNumber
    ? (a, b) => Number(a) - Number(b)
    : new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const rows = [...body.rows];
  const known = rows.filter((row) => !isMissing(row.cells[place]));
  known.sort((a, b) => compare(key(a.cells[place]), key(b.cells[place])) * (way === "ascending" ? 1 : -1));
  // What is not known is neither the most nor the least.
  body.append(...known, ...rows.filter((row) => isMissing(row.cells[place])));
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const link = head.querySelector("a.sort");
    if (!link) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = link.textContent;
    link.replaceWith(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("number");
      const first = isNumber ? "descending" : "ascending";
      const second = isNumber ? "ascending" : "descending";
      const way = head.getAttribute("aria-sort") === first ? second : first;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way);
      sort(table, place, isNumber, way);
    });
  });
}
