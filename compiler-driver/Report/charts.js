// What pages with charts share: colours, axes, and tables that sort. The data
// are in the page itself; `drawAll` of the page's own script draws them.
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
    if (canvas)
      charts.push(new Chart(canvas, config));
  };

  // Draws now, and again in the colours of the other theme.
  const show = drawAll => {
    const again = () => {
      charts.forEach(chart => chart.destroy());
      charts = [];
      drawAll();
    };
    again();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  };

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
        rows().sort((a, b) => {
          const x = value(a.cells[column]), y = value(b.cells[column]);
          return sign * (typeof x === "number" && typeof y === "number"
            ? x - y : String(x).localeCompare(String(y)));
        }).forEach(row => row.parentNode.append(row));
      };
      heading.addEventListener("click", sort);
      heading.addEventListener("keydown", e => e.key === "Enter" && sort());
    });
    const field = table.closest(".sortable").querySelector("input");
    field.addEventListener("input", () => rows().forEach(row => {
      row.hidden = !row.textContent.toLowerCase()
        .includes(field.value.toLowerCase());
    }));
  }

  return {
    data: JSON.parse(document.getElementById("data").textContent),
    style, colour, digits, axis, options, draw, show,
  };
})();
