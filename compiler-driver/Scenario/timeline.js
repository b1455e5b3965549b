// The timeline of a scenario's report: what the steps of one system are made
// of, on tracks, how much units are used in each, and what holds for it.
const timeline = (() => {
  const {style, colour, digits, axis, options, draw} = page;
  const data = JSON.parse(document.getElementById("timeline-data").textContent);
  const uses = name => /^use of (.*), %$/.exec(name);
  const kShown = 24; // steps at first
  let system = 0, from = 0, to = 0;

  // Both charts have their times one above the other.
  const kLeft = 160, kRight = 60;
  const ofWidth = (scale, width) =>
    ({...scale, afterFit: fitted => { fitted.width = width; }});

  // A row for each track that has something, and for each unit.
  function rowsOf(s) {
    const tracks = new Set(s.steps.flatMap(step => step.parts.map(p => p[0])));
    return ["steps", ...data.tracks.filter((_, i) => tracks.has(i)),
            ...s.counters.filter(uses)];
  }

  function setsOf(s) {
    const sets = new Map();
    const add = (label, row, start, end, shade, step) => {
      if (!sets.has(label))
        sets.set(label, {label, data: [], backgroundColor: [], grouped: false,
                         barPercentage: 0.9, categoryPercentage: 1});
      sets.get(label).data.push({x: [start, end], y: row, step, shade});
    };
    for (const step of s.steps) {
      const end = step.start + step.seconds;
      add("step", "steps", step.start, end, 1, step);
      let at = step.start;
      for (const [track, title, seconds] of step.parts) {
        add(s.titles[title], data.tracks[track], at, at + seconds, 1, step);
        at += seconds;
      }
      s.counters.forEach((name, i) => uses(name) &&
        add(name, name, step.start, end, step.values[i] / 100, step));
    }
    let next = 0;
    for (const set of sets.values()) {
      const own = uses(set.label) ? colour(0) : colour(next++);
      // Neighbours differ, however narrow they are.
      set.backgroundColor = set.data.map((bar, i) => own +
        Math.round(255 * (uses(set.label) ? 0.04 + 0.96 * Math.min(1, bar.shade)
                          : i % 2 ? 0.65 : 1)).toString(16).padStart(2, "0"));
    }
    return [...sets.values()];
  }

  const time = seconds => seconds < 1e-3 ? `${digits(seconds * 1e6)} µs`
    : seconds < 1 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds)} s`;

  function describe(c) {
    const {x, y, step} = c.raw;
    const own = uses(y) ? `${y.slice(0, -3)}: ${digits(100 * c.raw.shade)} % of the peak`
      : `${y === "steps" ? step.title : c.dataset.label}: ${time(x[1] - x[0])}`;
    return y === "steps" ? [own, ...data.systems[system].counters.map(
      (name, i) => `${name}: ${digits(step.values[i])}`)] : own;
  }

  const window = name => {
    const x = axis(name);
    const {steps} = data.systems[system];
    x.min = steps[from].start;
    x.max = steps[to - 1].start + steps[to - 1].seconds;
    x.ticks.callback = v => time(v);
    x.ticks.maxTicksLimit = 8;
    return x;
  };

  function drawTracks(s) {
    const rows = rowsOf(s);
    const config = options(window("from when steps count"), axis(""), describe);
    config.indexAxis = "y";
    config.scales.y.type = "category";
    config.scales.y.labels = rows;
    config.scales.y = ofWidth(config.scales.y, kLeft);
    config.layout = {padding: {right: kRight}};
    config.plugins.legend.labels.filter = item =>
      item.text !== "step" && !uses(item.text);
    draw("timeline", {type: "bar", data: {labels: rows, datasets: setsOf(s)},
                      options: config});
  }

  // What holds for a step, until the next one.
  function drawCounters(s) {
    const lines = s.counters.map((name, i) => ({name, i}))
      .filter(c => !uses(c.name));
    const isPower = name => name.startsWith("power");
    const datasets = lines.map(({name, i}, n) => ({
      label: name, borderColor: colour(n), backgroundColor: colour(n),
      stepped: true, pointRadius: 0, pointHitRadius: 6, borderWidth: 2,
      showLine: true, yAxisID: isPower(name) ? "watts" : "y",
      data: s.steps.flatMap(step => [step.start, step.start + step.seconds].map(
        x => ({x, y: step.values[i]}))),
    }));
    const config = options(window("from when steps count"),
      axis("requests"), c => `${c.dataset.label}: ${digits(c.raw.y)}`);
    config.scales.y = ofWidth({...config.scales.y, min: 0}, kLeft);
    config.scales.watts = ofWidth({...axis("W"), position: "right", min: 0},
                                  kRight);
    draw("timeline-counters", {type: "scatter", data: {datasets},
                               options: config});
  }

  function drawAll() {
    const s = data.systems[system];
    if (!s || s.steps.length === 0)
      return;
    if (to === 0)
      to = Math.min(kShown, s.steps.length);
    drawTracks(s);
    drawCounters(s);
  }

  // The part that is shown: earlier, later, longer, shorter.
  function move(first, count) {
    const all = data.systems[system].steps.length;
    count = Math.max(1, Math.min(all, count));
    from = Math.max(0, Math.min(all - count, first));
    to = from + count;
    page.redraw();
  }
  const moves = {
    earlier: n => move(from - Math.ceil(n / 2), n),
    later: n => move(from + Math.ceil(n / 2), n),
    shorter: n => move(from + Math.floor(n / 4), Math.ceil(n / 2)),
    longer: n => move(from - Math.floor(n / 2), 2 * n),
  };
  for (const button of document.querySelectorAll("#timeline-controls button"))
    button.addEventListener("click", () => moves[button.value](to - from));
  const select = document.querySelector("#timeline-controls select");
  if (select)
    select.addEventListener("change", () => {
      system = Number(select.value);
      from = 0;
      to = 0;
      page.redraw();
    });

  return {draw: drawAll};
})();
