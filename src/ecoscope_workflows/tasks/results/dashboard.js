// What the page shows of the dashboard in its data block: one view at a time, chosen by the filters.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const selects = [...document.querySelectorAll("select[data-name]")];
  const articles = [...document.querySelectorAll("article[data-id]")];
  const parts = new Map();
  let current = -1;

  // Pages share their long scripts and styles: each part is kept once, and read when first needed.
  function part(hash) {
    if (!parts.has(hash)) {
      parts.set(hash, JSON.parse(document.getElementById(`part-${hash}`).textContent).text);
    }
    return parts.get(hash);
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function paragraph(text) {
    // The unit of a number is set smaller: "1.9 km/h".
    const [, number, unit] = text.match(/^([-+]?\d[\d.,]*) (\D.*)$/) || [];
    const made = element("p", "", number || text);
    if (unit) {
      made.append(" ", element("span", "unit", unit));
    }
    return made;
  }

  function nothing(reason) {
    const made = element("div", "empty", "");
    made.append(element("p", "", "No data"));
    if (reason) {
      made.append(element("p", "", reason));
    }
    return made;
  }

  function link(address) {
    const made = element("p", "link", "This page is on the web: ");
    const anchor = element("a", "", address);
    Object.assign(anchor, { href: address, target: "_blank", rel: "noopener noreferrer" });
    made.append(anchor);
    return made;
  }

  function frame(body, number, title) {
    if (body.dataset.page === String(number)) {
      return;
    }
    const made = element("iframe", "loading", "");
    made.title = title;
    // Scripts, and files to save, but no way to this page, to other pages of this origin, or to its storage.
    made.setAttribute("sandbox", "allow-scripts allow-downloads");
    made.addEventListener("load", () => {
      made.classList.remove("loading");
      // What was shown until now stays until there is something to show in its place.
      while (made.previousSibling) {
        made.previousSibling.remove();
      }
      body.removeAttribute("aria-busy");
    });
    made.srcdoc = data.pages[number].map(part).join("");
    body.append(made);
    body.dataset.page = number;
    body.setAttribute("aria-busy", "true");
  }

  function fill(article, content) {
    const body = article.querySelector(".body");
    const expand = article.querySelector(".expand");
    if (expand) {
      expand.hidden = content.kind !== "page" || !document.fullscreenEnabled;
    }
    if (content.kind === "page") {
      frame(body, content.page, article.querySelector("h2").textContent);
      return;
    }
    const shown = {
      text: () => (article.classList.contains("stat") ? paragraph(content.text) : element("p", "", content.text)),
      link: () => link(content.address),
      empty: () => nothing(content.reason),
    };
    body.replaceChildren(shown[content.kind]());
    delete body.dataset.page;
    body.removeAttribute("aria-busy");
  }

  function describe(values) {
    return selects.map((select) => `${select.dataset.title}: ${values[select.dataset.name]}`).join(" · ");
  }

  function show(number) {
    if (number === current || !data.views[number]) {
      return;
    }
    current = number;
    const view = data.views[number];
    selects.forEach((select) => {
      select.value = view.values[select.dataset.name];
    });
    document.getElementById("shown").textContent = describe(view.values);
    articles.forEach((article) => fill(article, view.widgets[article.dataset.id]));
    document
      .getElementById("files")
      ?.replaceChildren(...view.files.map((path) => element("li", "", path)));
    document.body.dataset.view = JSON.stringify(view.values);
    if (data.views.length > 1) {
      location.replace(`#${encodeURIComponent(document.body.dataset.view)}`);
    }
  }

  // Not every combination of choices has data: the choice just made counts, then as many others as possible.
  function nearest(changed) {
    const wanted = Object.fromEntries(selects.map((select) => [select.dataset.name, select.value]));
    const scores = data.views.map(({ values }) => {
      const agreeing = Object.keys(wanted).filter((name) => values[name] === wanted[name]).length;
      return values[changed] === wanted[changed] ? agreeing : -1;
    });
    return scores.indexOf(Math.max(...scores));
  }

  function choose(changed) {
    const before = selects.map((select) => select.value);
    show(nearest(changed));
    const moved = selects.filter((select, index) => select.value !== before[index]);
    const names = moved.map((select) => `${select.dataset.title} to ${select.value}`);
    document.getElementById("status").textContent = names.length ? `Also changed: ${names.join(", ")}` : "";
  }

  function viewOfAddress() {
    const address = location.hash.slice(1);
    return data.views.findIndex(({ values }) => encodeURIComponent(JSON.stringify(values)) === address);
  }

  selects.forEach((select) => select.addEventListener("change", () => choose(select.dataset.name)));
  document.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => show(viewOfAddress()));
  document.querySelectorAll(".expand").forEach((button) =>
    button.addEventListener("click", () => {
      const article = button.closest("article");
      return document.fullscreenElement ? document.exitFullscreen() : article.requestFullscreen();
    }),
  );
  // A table says how high it is, so that paper can hold all of it.
  window.addEventListener("message", ({ data: message, source }) => {
    const from = articles.find((article) => article.querySelector("iframe:last-child")?.contentWindow === source);
    if (from && message?.type === "ContentHeight" && message.pixels > 0 && message.pixels < 100000) {
      from.style.setProperty("--content", `${Math.ceil(message.pixels)}px`);
    }
  });

  const asked = viewOfAddress();
  show(asked < 0 ? data.first : asked);
  document.body.dataset.ready = "true";
})();
