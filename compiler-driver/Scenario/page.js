// Charts of a scenario's report.
(() => {
  const {data, style, colour, digits, si, axis, options, draw, show} = page;
  const systems = [data, ...data.comparison];

  function frontier() {
    const datasets = systems.map((s, i) => ({
      label: s.system, borderColor: colour(i), backgroundColor: colour(i),
      showLine: true, pointRadius: 4, borderWidth: i ? 1.5 : 3,
      clip: 8, // points at the rim are whole
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

  // Points of layers below the roofs of memory and of products, in each format
  // that the layers have. The one that is pointed at stays alone, with the roof
  // of its own formats, on which what limits it is thick.
  function roofline() {
    const layers = [...data.layers, ...data.prompt_layers]
      .filter(l => l.mac > 0 && l.hbm_bytes > 0);
    const intensity = l => l.mac / l.hbm_bytes;
    const ends = [Math.min(1, ...layers.map(intensity)) / 2,
                  2 * Math.max(...layers.map(intensity),
                               ...Object.values(data.peak_products_by)
                                 .map(peak => peak / data.peak_bytes))];
    const roof = peak => [ends[0], peak / data.peak_bytes, ends[1]].map(
      x => ({x, y: Math.min(x * data.peak_bytes, peak)}));
    const isFaded = c => c.chart.getActiveElements().length > 0 &&
      !c.chart.getActiveElements().some(
        e => e.datasetIndex === c.datasetIndex && e.index === c.dataIndex);
    const points = (label, i, own) => ({
      label, borderColor: colour(i), pointRadius: 6, pointHoverRadius: 8,
      backgroundColor: c => colour(i) + (isFaded(c) ? "28" : "ff"),
      pointBorderWidth: 0,
      data: own.filter(l => layers.includes(l)).map(
        l => ({x: intensity(l), y: l.mac / l.time_s, l})),
    });
    const line = (label, data, more) => ({
      label, data, showLine: true, pointRadius: 0, pointHitRadius: 0,
      pointHoverRadius: 0, borderColor: style("--dim"), borderWidth: 1, ...more});
    const alone = line("roof of the layer", [], {
      borderColor: style("--fg"),
      segment: {borderWidth: c => {
        const limit = alone.limits;
        return (c.p0DataIndex === 0 ? limit === "hbm" : limit === "compute")
          ? 4 : 1.5;
      }},
    });
    const config = options(
      axis("products per byte of HBM", "logarithmic"),
      axis("products/s of the chips that share a layer", "logarithmic"),
      c => {
        const l = c.raw.l;
        return l ? [
          `${l.name}: limited by ${l.bound}`,
          `matrix units ${digits(100 * l.mxu)} %, HBM ${digits(100 * l.hbm)} %`,
          `${si(c.raw.y)} of ${si(l.peak_products)} products/s in its formats`,
        ] : c.dataset.label;
      });
    const rates = layers.map(l => l.mac / l.time_s);
    Object.assign(config.scales.x, {min: ends[0], max: ends[1]});
    config.scales.y.min = Math.min(ends[0] * data.peak_bytes, ...rates) / 2;
    config.scales.y.max = 2 * Math.max(...Object.values(data.peak_products_by));
    // A label at each power of ten.
    config.scales.y.ticks.callback = v =>
      Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9 ? si(v) : null;
    config.plugins.legend.labels.filter = item => item.text !== alone.label;
    config.onHover = (event, active, chart) => {
      const [first] = active;
      const l = first && chart.data.datasets[first.datasetIndex]
        .data[first.index].l;
      if (l === alone.shown)
        return;
      alone.shown = l;
      alone.limits = l && l.bound;
      alone.data = l ? roof(l.peak_products) : [];
      chart.update("none");
    };
    draw("roofline", {type: "scatter", data: {datasets: [
      points("generation", 0, data.layers),
      points("prompts", 1, data.prompt_layers),
      ...Object.entries(data.peak_products_by).map(([format, peak], i) =>
        line(`roof in ${format}`, roof(peak), {borderDash: [6, 2 * i]})),
      alone,
    ]}, options: config});
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
    if (data.layers.length + data.prompt_layers.length > 0)
      roofline();
    if (typeof timeline !== "undefined")
      timeline.draw();
    stacked("energy", `joules per ${data.unit}, packages`, s => s.energy_j.by,
            s => s.joules_per_output_token.value / s.energy_j.total);
    stacked("time", "part of the time", s => s.seconds_by, s => 1 / s.time_s,
            1);
  });
})();
