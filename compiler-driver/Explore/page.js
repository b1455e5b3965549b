// Charts of a sweep: every objective against the first one.
(() => {
  const {data, style, colour, digits, axis, options, draw, show} = page;
  const designs = data.designs.filter(d => d.problem === null);
  const name = d =>
    Object.entries(d.settings).map(([key, value]) => `${key}=${value}`).join(", ");
  // Logarithmic where all numbers are positive and far apart.
  const scale = figure => {
    const values = designs.map(d => d.figures[figure]);
    const least = Math.min(...values);
    const arrow = data.objectives.find(o => o.figure === figure).better;
    return axis(`${figure} (${arrow} is better)`,
                least > 0 && Math.max(...values) > 10 * least ? "logarithmic"
                                                              : "linear");
  };

  show(() => data.objectives.slice(1).forEach(({figure}, i) => {
    const first = data.objectives[0].figure;
    const points = isFront => designs.filter(d => d.front === isFront)
      .map(d => ({x: d.figures[first], y: d.figures[figure], d}));
    draw(`objective${i + 1}`, {type: "scatter", data: {datasets: [
      {label: "front", data: points(true), pointRadius: 6,
       backgroundColor: colour(0), borderColor: style("--fg")},
      {label: "beaten", data: points(false), pointRadius: 4,
       backgroundColor: colour(7), borderColor: colour(7)},
    ]}, options: options(scale(first), scale(figure), c =>
      `${c.raw.d.design}: ${name(c.raw.d)}: ${digits(c.raw.x)}, ` +
      `${digits(c.raw.y)}`)});
  }));
})();
