"use strict";
// Reads the packed data of this page: shapes as coordinates, columns as texts.
const mapData = (() => {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const UNITS_PER_DEGREE = 1e6;
  const RADIUS_UNITS = 100;

  // The inverse of pack() in _map_packing.py: base64 of zigzag varints of first differences.
  function unpack(text) {
    const bytes = atob(text);
    const numbers = [];
    let last = 0;
    for (let i = 0; i < bytes.length;) {
      let value = 0;
      let factor = 1;
      let byte;
      do {
        byte = bytes.charCodeAt(i++);
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte & 128);
      last += value % 2 ? -(value + 1) / 2 : value / 2;
      numbers.push(last);
    }
    return numbers;
  }

  function strandsOf(group, turn) {
    const x = unpack(group.x);
    const y = unpack(group.y);
    let at = 0;
    return unpack(group.size).map((size) => {
      const strand = [];
      for (const end = at + size; at < end; at++) {
        strand.push([y[at] / UNITS_PER_DEGREE, x[at] / UNITS_PER_DEGREE + turn]);
      }
      return strand;
    });
  }

  // Lines and polygons of one feature become one layer, so that they light up and answer together.
  function shapesOf(group, turn) {
    const features = unpack(group.feature);
    const strands = strandsOf(group, turn);
    const rings = group.rings ? unpack(group.rings) : null;
    const shapes = [];
    let at = 0;
    features.forEach((feature, part) => {
      const count = rings ? rings[part] : 1;
      const piece = rings ? strands.slice(at, at + count) : strands[at];
      at += count;
      const previous = shapes[shapes.length - 1];
      if (group.kind !== "points" && previous && previous.feature === feature) {
        previous.pieces.push(piece);
      } else {
        shapes.push({ feature, pieces: [piece] });
      }
    });
    return shapes;
  }

  // Columns under the names their author gave them may hold serial numbers, which have no thousands.
  const grouped = !data.layers;

  function readerOf(column) {
    const values = unpack(column.values);
    if (column.type === "text") {
      return (i) => (values[i] ? column.words[values[i] - 1] : null);
    }
    const missing = new Set(unpack(column.missing));
    if (column.type === "time") {
      const zone = column.zone ? ` ${column.zone}` : "";
      const length = values.every((value) => value % 60 === 0) ? 16 : 19;
      return (i) => (missing.has(i) ? null : new Date(values[i] * 1000).toISOString().slice(0, length).replace("T", " ") + zone);
    }
    const scale = 10 ** column.decimals;
    return (i) => {
      const value = values[i] / scale;
      // Small numbers keep their digits; large ones are not drowned in decimals.
      const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
      const options = { maximumFractionDigits: Math.min(column.decimals, digits), useGrouping: grouped };
      return missing.has(i) ? null : value.toLocaleString("en", options);
    };
  }

  function decode(layer) {
    const groups = layer.groups.map((group) => ({ kind: group.kind, shapes: shapesOf(group, layer.turn || 0) }));
    return {
      ...layer,
      codes: unpack(layer.codes),
      radii: layer.radii ? unpack(layer.radii).map((radius) => radius / RADIUS_UNITS) : null,
      columns: layer.columns.map((column) => ({ ...column, read: readerOf(column) })),
      groups,
    };
  }

  // A page that draws one frame holds its only layer itself.
  const layers = (data.layers || [data]).map(decode);
  return { ...data, ...(data.layers ? {} : layers[0]), layers };
})();
