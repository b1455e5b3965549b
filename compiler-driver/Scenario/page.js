// Charts of a scenario's report.
(() => {
  const {data, style, colour, digits, axis, options, draw, show} = page;
  const systems = [data, ...data.comparison];

  function frontier() {
    const datasets = systems.map((s, i) => ({
      label: s.system, borderColor: colour(i), backgroundColor: colour(i),
      showLine: true, pointRadius: 4, borderWidth: i ? 1.5 : 3,
      data: s.frontier.map(p => ({x: p.tokens_per_s_per_user,
                                  y: p.output_tokens_per_s_per_chip, p})),
    }));
    draw("frontier", {type: "scatter", data: {datasets}, options: options(
      axis(`interactivity: ${data.unit}s/s/user`, "logarithmic"),
      axis(`throughput: ${data.unit}s/s/chip`, "logarithmic"),
      c => {
        const p = c.raw.p;
        return `${c.dataset.label}: ${digits(c.raw.y)} ${data.unit}s/s/chip, ` +
          `${digits(c.raw.x)} ${data.unit}s/s/user, concurrency ${p.concurrency}, ` +
          `${p.placement}, ${digits(p.joules_per_output_token.value)} J/${data.unit}`;
      })});
  }

  // Points of layers below the machine's two roofs, in products.
  function roofline() {
    const ridge = data.peak_products / data.peak_bytes;
    const roof = [0.01, ridge, ridge * 100].map(
      x => ({x, y: Math.min(x * data.peak_bytes, data.peak_products)}));
    const points = (layers, label, i) => ({
      label, backgroundColor: colour(i), borderColor: colour(i), pointRadius: 6,
      data: layers.map(l => ({x: l.mac / l.hbm_bytes, y: l.mac / l.time_s, l})),
    });
    draw("roofline", {type: "scatter", data: {datasets: [
      {label: "roof", data: roof, showLine: true, pointRadius: 0,
       borderColor: style("--fg"), borderWidth: 2},
      points(data.layers, "generation", 0),
      points(data.prompt_layers, "prompts", 1),
    ]}, options: options(
      axis("products per byte of HBM", "logarithmic"),
      axis("products/s of the instance", "logarithmic"),
      c => c.raw.l
        ? `${c.raw.l.name}: limited by ${c.raw.l.bound}, matrix units ` +
          `${digits(100 * c.raw.l.mxu)} %, HBM ${digits(100 * c.raw.l.hbm)} %`
        : "roof")});
  }

  // One bar a system, its parts stacked.
  function stacked(id, text, parts, scale, max) {
    const names = [...new Set(systems.flatMap(s => Object.keys(parts(s))))];
    const datasets = names.map((name, i) => ({
      label: name, backgroundColor: colour(i),
      data: systems.map(s => (parts(s)[name] || 0) * scale(s)),
    }));
    const chart = options(axis(text), axis(""), c =>
      `${c.dataset.label}: ${digits(c.raw)}`);
    chart.indexAxis = "y";
    chart.scales.x.stacked = chart.scales.y.stacked = true;
    chart.scales.y.type = "category";
    chart.scales.x.max = max;
    draw(id, {type: "bar", data: {labels: systems.map(s => s.system), datasets},
              options: chart});
  }

  show(() => {
    frontier();
    roofline();
    stacked("energy", `joules per ${data.unit}, packages`, s => s.energy_j.by,
            s => s.joules_per_output_token.value / s.energy_j.total);
    stacked("time", "part of the time", s => s.seconds_by, s => 1 / s.time_s,
            1);
  });
})();
