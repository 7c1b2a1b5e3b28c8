"use strict";
// Draws the map of this page from mapData; whatever users gave is written as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const settings = mapData.settings;
  const MAX_SUGGESTIONS = 100;

  function setUpLegend(layers) {
    const keys = [...document.querySelectorAll("#legend .key")];
    let held = null;
    const show = (code) => mapLayers.emphasise(layers, (layer) => code === null || layer.key === code || layer.key === null);
    for (const key of keys) {
      const code = Number(key.dataset.code);
      key.addEventListener("pointerenter", () => show(code));
      key.addEventListener("pointerleave", () => show(held));
      key.addEventListener("focus", () => key.matches(":focus-visible") && show(code));
      key.addEventListener("blur", () => show(held));
      key.addEventListener("click", () => {
        held = held === code ? null : code;
        keys.forEach((other) => other.setAttribute("aria-pressed", String(held !== null && other === key)));
        show(held);
      });
    }
  }

  function setUpSearch(map, layers) {
    const searched = mapData.columns.filter((column) => mapData.search.includes(column.name));
    const input = byId("search-text");
    const result = byId("search-result");
    const words = [...new Set(searched.flatMap((column) => column.words))];
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      const near = wanted ? words.filter((word) => word.toLowerCase().includes(wanted)) : words;
      byId("search-values").replaceChildren(...near.slice(0, MAX_SUGGESTIONS).map((word) => new Option(word, word)));
      if (!wanted) {
        result.textContent = "";
        mapLayers.emphasise(layers, () => true);
      }
    });
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = input.value.trim().toLowerCase();
      const fits = (layer) => searched.some((column) => (column.read(layer.feature) || "").toLowerCase().includes(wanted));
      const found = wanted ? layers.filter(fits) : [];
      const features = new Set(found.map((layer) => layer.feature));
      result.textContent = wanted ? `${features.size.toLocaleString("en")} found` : "";
      mapLayers.emphasise(layers, (layer) => !found.length || features.has(layer.feature));
      if (found.length) {
        const bounds = L.latLngBounds([]);
        found.forEach((layer) => bounds.extend(layer.getBounds ? layer.getBounds() : layer.getLatLng()));
        map.fitBounds(bounds, { padding: [40, 40], maxZoom: 15 });
      }
    });
    for (const event of ["dblclick", "pointerdown", "wheel"]) {
      byId("search").addEventListener(event, (heard) => heard.stopPropagation());
    }
  }

  // How many pixels of the map the legend hides on a side; on a narrow page it stands below the map.
  function legendWidth(side) {
    const legend = byId("legend");
    const beside = legend && getComputedStyle(legend).position === "absolute" && legend.className.endsWith(side);
    return beside ? legend.offsetWidth + (side === "left" ? legend.offsetLeft : 10) : 0;
  }

  function fit(map) {
    const room = (side, usual) => {
      const width = legendWidth(side);
      return width && map.getSize().x > 3 * width ? width + 6 : usual;
    };
    if (settings.view) {
      map.setView(settings.view.center, settings.view.zoom, { animate: false });
      return;
    }
    map.fitBounds(mapData.bounds || [[-60, -170], [75, 170]], {
      paddingTopLeft: [room("left", 32), 32],
      paddingBottomRight: [room("right", 24), 32],
      maxZoom: settings.fitZoom || 15,
      animate: false,
    });
  }

  // A turned phone or a resized window shows all data again, until the reader has chosen a view.
  function keepFitted(map) {
    let chosen = false;
    for (const event of ["pointerdown", "wheel", "keydown", "submit"]) {
      byId("stage").addEventListener(event, () => { chosen = true; }, { capture: true, passive: true });
    }
    const refit = () => chosen || fit(map);
    fit(map);
    map.on("resize", refit);
    window.addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
    return refit;
  }

  function main() {
    for (const [name, value] of Object.entries(settings.properties)) {
      document.documentElement.style.setProperty(name, value);
    }
    const free = !settings.static;
    const map = L.map("map", {
      attributionControl: false,
      boxZoom: free,
      doubleClickZoom: free,
      dragging: free,
      keyboard: free,
      maxZoom: settings.maxZoom,
      minZoom: Math.min(1, settings.maxZoom),
      preferCanvas: true,
      scrollWheelZoom: free,
      touchZoom: free,
      zoomControl: free,
      // Between whole zoom levels tiles are blurred; without tiles the map may fill its frame.
      zoomSnap: settings.tiles.length ? 1 : 0.25,
    });
    const refit = keepFitted(map);
    const layers = mapLayers.build(map);
    mapPointer.listen(map, layers, free);
    mapBackground.drawGraticule(map, () => legendWidth("right"));
    L.control.scale({ imperial: false, maxWidth: 130 }).addTo(map);
    mapBackground.addTiles(map, settings.tiles, settings.maxZoom, () => {
      map.options.zoomSnap = 0.25;
      refit();
    });
    if (free) {
      setUpLegend(layers);
    }
    if (byId("search")) {
      setUpSearch(map, layers);
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.body.dataset.drawn = mapLayers.count(layers);
      document.body.dataset.ready = "true";
    }));
  }

  main();
})();
