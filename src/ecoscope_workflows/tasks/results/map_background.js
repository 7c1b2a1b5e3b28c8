"use strict";
// What lies under the data: a grid of longitudes and latitudes, and tiles where there is a network.
const mapBackground = (() => {
  const STEPS = [90, 60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

  function textNode(text) {
    const node = document.createElement("span");
    node.textContent = text;
    return node;
  }

  function degrees(value, positive, negative, step) {
    const letter = value === 0 || Math.abs(value) === 180 ? "" : value > 0 ? positive : negative;
    const decimals = Math.max(0, Math.ceil(-Math.log10(step)));
    return `${Math.abs(value).toFixed(decimals)}°${letter}`;
  }

  // No label stands in the part of the map that `covered` pixels on the right hide.
  function drawGraticule(map, covered) {
    const lines = map.createPane("graticule");
    lines.style.zIndex = 250;
    // A canvas that hears the pointer forgets the last of several quick moves.
    lines.style.pointerEvents = "none";
    const labels = map.createPane("degrees");
    labels.style.zIndex = 620;
    labels.style.pointerEvents = "none";
    const renderer = L.canvas({ pane: "graticule", padding: 0.5 });
    const group = L.layerGroup().addTo(map);
    const line = (points) =>
      L.polyline(points, { renderer, pane: "graticule", color: "#d5d0c3", weight: 1, interactive: false }).addTo(group);
    const label = (point, text, anchor) =>
      L.marker(point, {
        pane: "degrees",
        interactive: false,
        keyboard: false,
        icon: L.divIcon({ className: "degrees", html: textNode(text), iconAnchor: anchor, iconSize: null }),
      }).addTo(group);

    function update() {
      group.clearLayers();
      const view = map.getBounds();
      const wide = view.pad(0.5);
      const [west, east] = [wide.getWest(), wide.getEast()];
      const [south, north] = [Math.max(wide.getSouth(), -85), Math.min(wide.getNorth(), 85)];
      const size = map.getSize();
      const span = (view.getEast() - view.getWest()) * Math.min(1, 600 / size.x);
      const step = STEPS.filter((candidate) => span / candidate <= 5).pop() || STEPS[0];
      for (let i = Math.ceil(west / step); i * step <= east; i++) {
        line([[south, i * step], [north, i * step]]);
        const at = map.latLngToContainerPoint([view.getSouth(), i * step]);
        if (at.x > 130 && at.x < size.x - covered() - 60) {
          const turned = ((((i * step + 180) % 360) + 360) % 360) - 180;
          label(map.containerPointToLatLng([at.x, size.y]), degrees(Math.round(turned / step) * step, "E", "W", step), [-3, 17]);
        }
      }
      for (let i = Math.ceil(south / step); i * step <= north; i++) {
        line([[i * step, west], [i * step, east]]);
        const at = map.latLngToContainerPoint([i * step, view.getWest()]);
        if (at.y > 100 && at.y < size.y - 50) {
          label(map.containerPointToLatLng([0, at.y]), degrees(i * step, "N", "S", step), [-5, 17]);
        }
      }
    }
    map.on("moveend resize", update);
    update();
  }

  // One tile is tried first: without a network the page asks for nothing more and says why.
  function tryTile(map, tile, maxZoom, failed) {
    const zoom = Math.max(tile.minZoom, Math.min(Math.floor(map.getZoom()), tile.maxZoom));
    const at = map.project(map.getCenter(), zoom).divideBy(256).floor();
    const columnsOfTiles = 2 ** zoom;
    const x = ((at.x % columnsOfTiles) + columnsOfTiles) % columnsOfTiles;
    const trial = new Image();
    trial.addEventListener("load", () => {
      const options = { opacity: tile.opacity, minZoom: tile.minZoom, maxNativeZoom: tile.maxZoom, maxZoom };
      L.tileLayer(tile.url, { ...options, errorTileUrl: L.Util.emptyImageUrl }).addTo(map);
    });
    trial.addEventListener("error", failed);
    trial.src = L.Util.template(tile.url, { s: "a", r: "", x, y: at.y, z: zoom });
  }

  // `whenNone` is called when no background could be had.
  function addTiles(map, tiles, maxZoom, whenNone) {
    let failures = 0;
    const failed = () => {
      failures += 1;
      document.getElementById("tile-note").textContent = "The background could not be loaded; the data are complete without it.";
      if (failures === tiles.length) {
        whenNone();
      }
    };
    tiles.forEach((tile) => tryTile(map, tile, maxZoom, failed));
  }

  return { addTiles, drawGraticule };
})();
