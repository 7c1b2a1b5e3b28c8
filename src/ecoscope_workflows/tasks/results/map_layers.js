"use strict";
// Turns the layers of mapData into shapes on the map, each layer with a canvas of its own.
const mapLayers = (() => {
  const FAINT = { opacity: 0.07, fillOpacity: 0.07 };
  const EDGE = "#3a2a1a";

  // How the only layer of a page that draws one frame looks.
  function plainDrawing() {
    const settings = mapData.settings;
    return {
      opacity: settings.opacity,
      pickable: true,
      filled: true,
      lineWidth: settings.lineWidth,
      lineUnits: "pixels",
      cap: "round",
      outlineWidth: settings.outlineWidth,
      outlineColor: EDGE,
      outlineUnits: "pixels",
      outlineOpacity: 0.55,
      edged: true,
      radius: settings.pointRadius,
      radiusUnits: "pixels",
    };
  }

  // How many pixels one unit is, at the middle of the map as it stands.
  function pixelsPer(map, units) {
    if (units === "meters") {
      const turn = 256 * map.getZoomScale(map.getZoom(), 0);
      return turn / (40075016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180));
    }
    return units === "common" ? map.getZoomScale(map.getZoom(), 1) : 1;
  }

  function styleOf(map, kind, color, drawing) {
    if (kind === "lines") {
      const weight = drawing.lineWidth * pixelsPer(map, drawing.lineUnits);
      return { color, weight, opacity: 1, fill: false, lineCap: drawing.cap, lineJoin: "round" };
    }
    const weight = drawing.outlineWidth * pixelsPer(map, drawing.outlineUnits);
    const outline = { stroke: weight > 0, weight, fill: drawing.filled, fillColor: color, fillOpacity: 1 };
    if (kind === "points") {
      // Points in a crowd are told apart by a thin white edge.
      const own = weight > 0 && !drawing.edged;
      const edge = drawing.filled ? (own && drawing.outlineColor) || "#ffffff" : drawing.outlineColor || color;
      return { ...outline, stroke: true, weight: own ? weight : 1, color: edge, opacity: own ? 1 : 0.9 };
    }
    const edge = drawing.outlineColor || (drawing.filled ? EDGE : color);
    return { ...outline, color: edge, opacity: drawing.outlineOpacity || 1 };
  }

  function shapeOf(kind, pieces, style) {
    if (kind === "points") {
      return L.circleMarker(pieces[0][0], style);
    }
    return kind === "lines" ? L.polyline(pieces, style) : L.polygon(pieces, style);
  }

  function paneOf(map, number, drawing) {
    const pane = map.createPane(`layer-${number}`, map.getPane("overlayPane"));
    pane.style.opacity = drawing.opacity;
    pane.style.pointerEvents = "none";
    pane.classList.toggle("cased", mapData.settings.cased === true);
    return pane;
  }

  function buildLayer(map, data, number) {
    const drawing = data.drawing || plainDrawing();
    paneOf(map, number, drawing);
    const renderer = L.canvas({ pane: `layer-${number}`, padding: 0.2, tolerance: 4 });
    const shapes = [];
    for (const group of data.groups) {
      for (const { feature, pieces } of group.shapes) {
        const code = data.codes[feature];
        const style = styleOf(map, group.kind, data.colors[code], drawing);
        const radius = (data.radii ? data.radii[feature] : drawing.radius) * pixelsPer(map, drawing.radiusUnits);
        const options = { radius, renderer, pane: `layer-${number}`, interactive: false, smoothFactor: 0.6 };
        const shape = shapeOf(group.kind, pieces, { ...style, ...options });
        shape.kind = group.kind;
        shape.feature = feature;
        shape.data = data;
        shape.drawing = drawing;
        shape.code = code;
        shape.key = data.keys ? data.keys[code] : code;
        shape.faint = false;
        shape.usual = { opacity: style.opacity, fillOpacity: style.fillOpacity };
        shapes.push(shape);
      }
    }
    L.layerGroup(shapes).addTo(map);
    return shapes;
  }

  // Sizes in metres change their pixels with the zoom.
  function keepSizes(map, shapes) {
    const scaled = shapes.filter(({ drawing }) =>
      [drawing.lineUnits, drawing.outlineUnits, drawing.radiusUnits].some((units) => units !== "pixels"));
    map.on("zoomend", () => {
      for (const shape of scaled) {
        const { weight } = styleOf(map, shape.kind, "", shape.drawing);
        const { data, drawing, feature } = shape;
        if (shape.kind === "points") {
          shape.setRadius((data.radii ? data.radii[feature] : drawing.radius) * pixelsPer(map, drawing.radiusUnits));
        }
        shape.setStyle({ weight });
      }
    });
  }

  function build(map) {
    const shapes = mapData.layers.flatMap((data, number) => buildLayer(map, data, number));
    keepSizes(map, shapes);
    return shapes;
  }

  function emphasise(shapes, chosen) {
    for (const shape of shapes) {
      const clear = chosen(shape);
      if (shape.faint === clear) {
        shape.faint = !clear;
        shape.setStyle(clear ? shape.usual : FAINT);
      }
    }
  }

  function count(shapes) {
    const seen = mapData.layers.map(() => new Set());
    shapes.forEach((shape) => seen[mapData.layers.indexOf(shape.data)].add(shape.feature));
    return seen.reduce((sum, features) => sum + features.size, 0);
  }

  return { build, count, emphasise };
})();
