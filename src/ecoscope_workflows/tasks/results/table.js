// Sorting, finding and saving the rows of the table in the page.
"use strict";
(() => {
  const body = document.querySelector("tbody");
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll("th")];
  const collator = new Intl.Collator(undefined, { numeric: true });

  function compare(column, isNumber, direction) {
    return (a, b) => {
      const [x, y] = [a, b].map((row) => row.cells[column].textContent);
      // What is missing stands last, whichever way the rest is sorted.
      if (!x || !y) {
        return !x - !y;
      }
      return direction * (isNumber ? Number(x) - Number(y) : collator.compare(x, y));
    };
  }

  function sortBy(head, column) {
    const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    const isNumber = head.classList.contains("number");
    body.append(...[...rows].sort(compare(column, isNumber, direction)));
  }

  if (document.body.classList.contains("sortable")) {
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sortBy(head, column));
      head.replaceChildren(button);
    });
  }

  document.getElementById("search")?.addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    let found = 0;
    for (const row of rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      found += !row.hidden;
    }
    document.getElementById("found").textContent = `${found} of ${rows.length} rows`;
  });

  document.getElementById("download")?.addEventListener("click", () => {
    const quoted = (cell) => `"${cell.textContent.replaceAll('"', '""')}"`;
    const lines = [heads, ...[...body.rows].map((row) => [...row.cells])].map((cells) => cells.map(quoted).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    link.download = `${document.title}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  });

  // A window around the page may give the table the height that it needs.
  if (window.parent !== window) {
    const tell = () => window.parent.postMessage({ type: "ContentHeight", pixels: document.body.scrollHeight }, "*");
    // A frame out of sight is told of its size late, if at all: what is known when it has loaded comes first.
    window.addEventListener("load", tell);
    new ResizeObserver(tell).observe(document.body);
  }
  document.body.dataset.ready = "true";
})();
