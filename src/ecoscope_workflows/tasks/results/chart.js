// The figure in the data block, drawn by plotly into the page.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const place = document.getElementById("chart");
  if (data.minHeight) {
    place.style.minHeight = `${data.minHeight}px`;
  }
  // Where there is little room, the names of the colours leave more of it to the chart.
  if (window.innerWidth < 480) {
    data.figure.layout.legend.font = { ...data.figure.layout.legend.font, size: 11 };
  }
  Plotly.newPlot(place, data.figure.data, data.figure.layout, data.config).then(() => {
    document.body.dataset.ready = "true";
    if (window.parent !== window) {
      window.parent.postMessage({ type: "PlotLoaded", widgetId: data.widgetId }, "*");
    }
  });
  // Paper is narrower than most windows.
  window.addEventListener("beforeprint", () => Plotly.Plots.resize(place));
})();
