"use strict";
// Draws the map of this page from mapData; whatever users gave is written as text, never as markup.
(() => {
  const byId = (id) => document.getElementById(id);
  const settings = mapData.settings;
  const MAX_SUGGESTIONS = 100;
  const FAINT = 0.07;

  function element(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  }

  function styleOf(kind, color) {
    if (kind === "lines") {
      return { color, weight: settings.lineWidth, opacity: 1, fill: false };
    }
    if (kind === "points") {
      return { color: "#ffffff", weight: 1, opacity: 0.9, fillColor: color, fillOpacity: 1, radius: settings.pointRadius };
    }
    return { color: "#3a2a1a", weight: settings.outlineWidth, opacity: 0.55, fillColor: color, fillOpacity: 1 };
  }

  function layerOf(kind, pieces, style) {
    if (kind === "points") {
      return L.circleMarker(pieces[0][0], style);
    }
    return kind === "lines" ? L.polyline(pieces, style) : L.polygon(pieces, style);
  }

  function buildLayers(renderer) {
    const layers = [];
    for (const group of mapData.groups) {
      for (const { feature, pieces } of group.shapes) {
        const code = mapData.codes[feature];
        const style = { ...styleOf(group.kind, mapData.colors[code]), renderer, smoothFactor: 0.6 };
        const layer = layerOf(group.kind, pieces, style);
        layer.feature = feature;
        layer.code = code;
        layer.faint = false;
        layer.usual = { opacity: style.opacity, fillOpacity: style.fillOpacity };
        layers.push(layer);
      }
    }
    return layers;
  }

  function emphasise(layers, chosen) {
    for (const layer of layers) {
      const clear = chosen(layer);
      if (layer.faint === clear) {
        layer.faint = !clear;
        layer.setStyle(clear ? layer.usual : { opacity: FAINT, fillOpacity: FAINT });
      }
    }
  }

  function describe(names) {
    const shown = mapData.columns.filter((column) => names.includes(column.name));
    return (layer) => {
      const list = element("dl", "facts", "");
      const facts = shown.map((column) => [column.label, column.read(layer.feature)]);
      const known = facts.filter(([, value]) => value !== null);
      for (const [label, value] of known.length ? known : [["", "no values"]]) {
        list.append(element("dt", "", label), element("dd", "", value));
      }
      return list;
    };
  }

  function setUpLegend(layers) {
    const keys = [...document.querySelectorAll("#legend .key")];
    let held = null;
    const show = (code) => emphasise(layers, (layer) => code === null || layer.code === code);
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
        emphasise(layers, () => true);
      }
    });
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = input.value.trim().toLowerCase();
      const fits = (layer) => searched.some((column) => (column.read(layer.feature) || "").toLowerCase().includes(wanted));
      const found = wanted ? layers.filter(fits) : [];
      const features = new Set(found.map((layer) => layer.feature));
      result.textContent = wanted ? `${features.size.toLocaleString("en")} found` : "";
      emphasise(layers, (layer) => !found.length || features.has(layer.feature));
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

  // How many pixels of the map the legend hides; on a narrow page it stands below the map.
  function legendWidth() {
    const legend = byId("legend");
    return legend && getComputedStyle(legend).position === "absolute" ? legend.offsetWidth + 10 : 0;
  }

  function fit(map) {
    const beside = legendWidth() && map.getSize().x > 3 * legendWidth();
    const room = beside ? legendWidth() + 6 : 24;
    map.fitBounds(mapData.bounds || [[-60, -170], [75, 170]], {
      paddingTopLeft: [32, 32],
      paddingBottomRight: [room, 32],
      maxZoom: 15,
      animate: false,
    });
  }

  // A turned phone or a resized window shows all data again, until the reader has chosen a view.
  function keepFitted(map) {
    let chosen = false;
    for (const event of ["pointerdown", "wheel", "keydown", "submit"]) {
      byId("stage").addEventListener(event, () => { chosen = true; }, { capture: true, passive: true });
    }
    fit(map);
    map.on("resize", () => chosen || fit(map));
    window.addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
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
      minZoom: 1,
      preferCanvas: true,
      scrollWheelZoom: free,
      touchZoom: free,
      zoomControl: free,
      // Between whole zoom levels tiles are blurred; without tiles the map may fill its frame.
      zoomSnap: settings.tiles.length ? 1 : 0.25,
    });
    keepFitted(map);
    map.getPane("overlayPane").style.opacity = settings.opacity;
    const layers = buildLayers(L.canvas({ padding: 0.2, tolerance: 4 }));
    const group = L.featureGroup(layers);
    if (mapData.tooltip.length) {
      group.bindTooltip(describe(mapData.tooltip), { sticky: true, opacity: 1 });
    }
    if (mapData.popup.length) {
      group.bindPopup(describe(mapData.popup), { maxWidth: 320 });
    }
    group.addTo(map);
    mapBackground.drawGraticule(map, legendWidth);
    L.control.scale({ imperial: false, maxWidth: 130 }).addTo(map);
    settings.tiles.forEach((tile) => mapBackground.addTiles(map, tile, settings.maxZoom));
    if (free) {
      setUpLegend(layers);
    }
    if (byId("search")) {
      setUpSearch(map, layers);
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      document.body.dataset.drawn = new Set(layers.map((layer) => layer.feature)).size;
      document.body.dataset.ready = "true";
    }));
  }

  main();
})();
