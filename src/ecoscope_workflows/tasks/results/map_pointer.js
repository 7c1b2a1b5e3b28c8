"use strict";
// Shows the values of the feature under the pointer, below a tap, or in the middle for the keyboard.
// Canvases lie upon each other and only the uppermost hears the pointer, so the search is our own.
const mapPointer = (() => {
  const REACH = [[0, 0], [8, 0], [-8, 0], [0, 8], [0, -8], [14, 0], [-14, 0], [0, 14], [0, -14]];

  function element(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  }

  // What users gave is written as text, never as markup.
  function describe(shape, names) {
    const list = element("dl", "facts", "");
    const columns = shape.data.columns.filter((column) => names.includes(column.name));
    const facts = columns.map((column) => [column.label, column.read(shape.feature)]);
    const known = facts.filter(([, value]) => value !== null);
    for (const [label, value] of known.length ? known : [["", "no values"]]) {
      list.append(element("dt", "", label), element("dd", "", value));
    }
    return list;
  }

  function tooltipNames(shape) {
    return shape.data.tooltip || shape.data.columns.map((column) => column.name);
  }

  // The last one drawn lies on top.
  function find(shapes, point) {
    for (let i = shapes.length - 1; i >= 0; i--) {
      if (!shapes[i].faint && shapes[i]._containsPoint(point)) {
        return shapes[i];
      }
    }
    return null;
  }

  function middleOf(shape) {
    return shape.getBounds ? shape.getBounds().getCenter() : shape.getLatLng();
  }

  function listen(map, shapes, free) {
    const told = shapes.filter((shape) => shape.drawing.pickable && tooltipNames(shape).length);
    if (!told.length) {
      return;
    }
    const tip = L.tooltip({ opacity: 1, offset: [12, 0] });
    const container = map.getContainer();
    let current = null;

    function highlight(shape, on) {
      if (shape && shape.drawing.highlight) {
        const { color, weight, stroke } = shape.options;
        shape.plain = shape.plain || { color, weight, stroke };
        const edge = { color: "#1d2721", weight: shape.plain.weight + 1, stroke: true, opacity: 1 };
        shape.setStyle(on ? edge : { ...shape.plain, ...shape.usual });
      }
    }

    function show(shape, at) {
      if (shape !== current) {
        highlight(current, false);
        highlight(shape, true);
        current = shape;
        container.classList.toggle("on-feature", shape !== null);
        if (shape) {
          tip.setContent(describe(shape, tooltipNames(shape)));
        }
      }
      if (shape) {
        tip.setLatLng(at);
        map.openTooltip(tip);
      } else {
        map.closeTooltip(tip);
      }
    }

    map.on("mousemove", (event) => {
      show(map.dragging.moving() ? null : find(told, event.layerPoint), event.latlng);
    });
    map.on("mouseout zoomstart", () => show(null));
    map.on("click", (event) => {
      const shape = find(told, event.layerPoint);
      if (shape && (shape.data.popup || []).length) {
        L.popup({ maxWidth: 320 }).setLatLng(event.latlng).setContent(describe(shape, shape.data.popup)).openOn(map);
      } else {
        show(shape, event.latlng);
      }
    });
    if (free) {
      listenToKeys(map, told, show);
    }
  }

  function listenToKeys(map, told, show) {
    const container = map.getContainer();
    const spoken = document.getElementById("spoken");
    let visited = null;
    let stepped = null;
    let used = false;

    function tell(shape, at) {
      show(shape, at);
      const facts = shape ? [...describe(shape, tooltipNames(shape)).children].map((node) => node.textContent) : [];
      spoken.textContent = facts.join(" ");
    }

    function tellMiddle() {
      const middle = map.latLngToLayerPoint(map.getCenter());
      const near = REACH.map(([x, y]) => find(told, middle.add([x, y]))).find((shape) => shape !== null);
      tell(stepped || near || null, map.getCenter());
      stepped = null;
    }

    function step(by) {
      const clear = told.filter((shape) => !shape.faint);
      if (clear.length) {
        const last = clear.indexOf(visited);
        visited = clear[(last < 0 && by < 0 ? clear.length - 1 : last + by + clear.length) % clear.length];
        stepped = visited;
        map.setView(middleOf(stepped), map.getZoom(), { animate: false });
        if (stepped) {
          tellMiddle();
        }
      }
    }

    container.addEventListener("keydown", (event) => {
      if (event.target !== container || !/^(Arrow|Enter|[+=-]$)/.test(event.key)) {
        return;
      }
      used = true;
      container.parentElement.classList.add("by-key");
      if (event.key === "Enter") {
        event.preventDefault();
        step(event.shiftKey ? -1 : 1);
      }
    });
    const leave = () => {
      used = false;
      container.parentElement.classList.remove("by-key");
    };
    container.addEventListener("pointermove", leave);
    container.addEventListener("blur", () => { leave(); show(null); });
    map.on("moveend", () => used && tellMiddle());
  }

  return { listen };
})();
