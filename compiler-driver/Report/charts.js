// What pages with charts share: colours, axes, tables that sort, and the
// keyboard. The data are in the page itself; `drawAll` of the page's own script
// draws them.
"use strict";
const page = (() => {
  const style = name =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const palette = ["#2f6db5", "#b5622f", "#3a8f5c", "#8a56b5", "#c2a11f",
                   "#c2477e", "#1f9fa8", "#7a7f87", "#84b6ea", "#7d3a12",
                   "#93d3ab", "#55307f", "#6e5c05", "#f0a3c4", "#0c6067",
                   "#d1555f"];
  const colour = i => palette[i % palette.length];
  const digits = v => Number(v.toPrecision(3)).toLocaleString("en");
  // "12.3 P", as the tables have it.
  const prefixes = ["", "k", "M", "G", "T", "P", "E"];
  const si = v => {
    const at = v < 1e3 ? 0 : Math.min(prefixes.length - 1,
                                      Math.floor(Math.log10(v) / 3));
    return digits(v / 1000 ** at) + (at ? " " + prefixes[at] : "");
  };
  let charts = [];

  const axis = (text, type) => ({
    type: type || "linear",
    title: {display: true, text, color: style("--fg")},
    ticks: {color: style("--dim")},
    grid: {color: style("--line")},
  });
  const options = (x, y, label) => ({
    animation: false, maintainAspectRatio: false,
    plugins: {
      legend: {labels: {color: style("--fg")}},
      tooltip: {callbacks: {label}},
    },
    scales: {x, y},
  });
  const draw = (id, config) => {
    const canvas = document.getElementById(id);
    if (!canvas)
      return null;
    charts.push(new Chart(canvas, config));
    return charts[charts.length - 1];
  };

  // The arrows go from point to point of a chart, as the pointer does.
  const walk = event => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const chart = Chart.getChart(event.target);
    if (!step || !chart)
      return;
    event.preventDefault();
    const points = chart.data.datasets.flatMap((set, datasetIndex) =>
      chart.isDatasetVisible(datasetIndex)
        ? set.data.map((_, index) => ({datasetIndex, index})) : []);
    const [now] = chart.getActiveElements();
    const at = now ? points.findIndex(p => p.index === now.index &&
                                           p.datasetIndex === now.datasetIndex)
                   : step > 0 ? -1 : 0;
    const next = points[(at + step + points.length) % points.length];
    chart.setActiveElements([next]);
    chart.tooltip.setActiveElements([next], {x: 0, y: 0});
    if (chart.options.onHover)
      chart.options.onHover(event, chart.getActiveElements(), chart);
    chart.update("none");
  };

  // Draws now, and again in the colours of the other theme, or of paper.
  let again = () => {};
  const show = drawAll => {
    again = () => {
      charts.forEach(chart => chart.destroy());
      charts = [];
      drawAll();
    };
    again();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    const paper = on => {
      document.documentElement.classList.toggle("paper", on);
      again();
    };
    addEventListener("beforeprint", () => paper(true));
    addEventListener("afterprint", () => paper(false));
    for (const canvas of document.querySelectorAll(".chart canvas")) {
      canvas.tabIndex = 0;
      canvas.addEventListener("keydown", walk);
    }
  };

  // What a pointer shows of an origin, the keyboard's focus shows as well.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  document.body.append(tip);
  const hide = () => { tip.hidden = true; };
  hide();
  const place = () => {
    const box = document.activeElement.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 440))}px`;
    // Below, or above where there is no room.
    const isRoom = box.bottom + tip.offsetHeight + 12 < innerHeight;
    tip.style.top = `${isRoom ? box.bottom + 6
                             : Math.max(4, box.top - tip.offsetHeight - 6)}px`;
  };
  for (const text of document.querySelectorAll("[title]"))
    text.tabIndex = 0;
  document.addEventListener("focusin", e => {
    const title = e.target.getAttribute("title") ||
      (e.target.querySelector(":scope > title") || {}).textContent;
    tip.hidden = !title || !e.target.matches(":focus-visible");
    if (tip.hidden)
      return;
    tip.textContent = title;
    place();
  });
  document.addEventListener("focusout", hide);
  // What is out of sight is scrolled to when it gets the focus.
  document.addEventListener("scroll", () => tip.hidden || place(), true);
  document.addEventListener("keydown", e => e.key === "Escape" && hide());

  // A click on a heading sorts; the field above keeps rows that have its text.
  for (const table of document.querySelectorAll(".sortable table")) {
    const rows = () => [...table.rows].slice(1);
    const value = cell => {
      const number = cell.querySelector("data");
      return number ? Number(number.value) : cell.textContent;
    };
    [...table.rows[0].cells].forEach((heading, column) => {
      heading.tabIndex = 0;
      let sign = -1;
      const sort = () => {
        sign = -sign;
        for (const other of table.rows[0].cells)
          other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
        rows().sort((a, b) => {
          const x = value(a.cells[column]), y = value(b.cells[column]);
          return sign * (typeof x === "number" && typeof y === "number"
            ? x - y : String(x).localeCompare(String(y)));
        }).forEach(row => row.parentNode.append(row));
      };
      heading.addEventListener("click", sort);
      heading.addEventListener("keydown", e => {
        if (e.key === "Enter" || e.key === " ") {
          e.preventDefault();
          sort();
        }
      });
    });
    const field = table.closest(".sortable").querySelector("input");
    field.addEventListener("input", () => rows().forEach(row => {
      row.hidden = !row.textContent.toLowerCase()
        .includes(field.value.toLowerCase());
    }));
  }

  return {
    data: JSON.parse(document.getElementById("data").textContent),
    redraw: () => again(),
    style, colour, digits, si, axis, options, draw, show,
  };
})();
