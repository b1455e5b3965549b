// What a reader does with the page of a scenario, by pointer and by keys.
const wrong = [];
const expect = (isRight, text) => isRight || wrong.push(text);
const press = (element, key) => element.dispatchEvent(
  new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));

// Every chart is drawn, and its points are reached by keys.
for (const canvas of document.querySelectorAll(".chart canvas")) {
  const chart = Chart.getChart(canvas);
  expect(chart, `${canvas.id} is not drawn`);
  expect(canvas.tabIndex === 0, `${canvas.id} is not reached by keys`);
  press(canvas, "ArrowRight");
  expect(chart.getActiveElements().length === 1, `${canvas.id}: no point by keys`);
}

// A layer that is pointed at has its own roof, and no point is above its own.
const roofline = Chart.getChart("roofline");
const sets = roofline.data.datasets;
expect(sets[sets.length - 1].data.length === 3, "no roof of the layer");
for (const point of sets.flatMap(s => s.data).filter(p => p.l)) {
  const roof = Math.min(point.l.peak_products, point.x * page.data.peak_bytes);
  expect(point.y <= roof * 1.000001, `${point.l.name} is above its roof`);
}

// Tables sort by numbers, up and down, and keep rows.
const table = document.querySelector(".sortable table");
const heading = [...table.rows[0].cells].find(c => c.textContent === "time, all");
const rows = () => [...table.rows].slice(1);
const times = () => rows().map(
  r => Number(r.cells[heading.cellIndex].querySelector("data").value));
const isRising = list => list.every((v, i) => i === 0 || list[i - 1] <= v);
expect(new Set(times()).size > 1, "equal rows are always sorted");
heading.focus();
press(heading, "Enter");
expect(isRising(times()), "not sorted by a key");
expect(heading.getAttribute("aria-sort") === "ascending", "does not say how it is sorted");
heading.click();
expect(isRising(times().reverse()), "not sorted down by a click");
const field = document.querySelector(".sortable input");
const name = rows()[0].cells[0].textContent;
field.value = name.toUpperCase();
field.dispatchEvent(new Event("input"));
expect(rows().filter(r => !r.hidden).every(r => r.textContent.includes(name)) &&
       rows().some(r => r.hidden), "rows are not kept by their text");
field.value = "";
field.dispatchEvent(new Event("input"));
expect(rows().every(r => !r.hidden), "rows do not come back");

// Focus shows where figures come from, in text and in the drawing.
const tip = document.querySelector(".tip");
const figure = document.querySelector("td [title]");
figure.focus();
expect(!tip.hidden && tip.textContent === figure.title, "no origin at the focus");
press(figure, "Escape");
expect(tip.hidden, "the origin stays");
const parts = [...document.querySelectorAll("svg .part")];
expect(parts.length > 30, "few parts");
parts[0].focus();
expect(tip.textContent.includes("Source: "), "no source of a part");
for (const edge of ["start", "end"]) {
  const part = parts[5];
  document.activeElement.blur();
  part.scrollIntoView({block: edge});
  part.focus({preventScroll: true});
  document.dispatchEvent(new Event("scroll"));
  expect(!tip.hidden, "scrolling hides the origin of what has the focus");
  const box = tip.getBoundingClientRect();
  expect(box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 &&
         box.right <= innerWidth, "an origin outside of the window");
}

// The timeline moves, and shows other systems.
const window_ = () => JSON.stringify([Chart.getChart("timeline").scales.x.min,
                                      Chart.getChart("timeline").scales.x.max]);
const seen = [window_()];
for (const way of ["longer", "later", "shorter"]) {
  document.querySelector(`#timeline-controls [value=${way}]`).click();
  seen.push(window_());
}
expect(new Set(seen).size === 4, `the timeline stays: ${seen}`);
const select = document.querySelector("#timeline-controls select");
const labels = Chart.getChart("timeline").data.labels.join();
select.value = "1";
select.dispatchEvent(new Event("change"));
expect(labels !== Chart.getChart("timeline").data.labels.join(), "one system alone");

// The screen is dark, paper is white.
const ground = () => getComputedStyle(document.body).backgroundColor;
const white = "rgb(255, 255, 255)";
const text = () => Chart.getChart("frontier").options.scales.x.title.color;
const onScreen = text();
expect(ground() !== white, "no dark page");
dispatchEvent(new Event("beforeprint"));
expect(ground() === white, "dark paper");
expect(text() !== onScreen, "charts in the colours of the screen");
dispatchEvent(new Event("afterprint"));
expect(ground() !== white && text() === onScreen, "stays paper");

const result = document.createElement("pre");
result.id = "checked";
result.textContent = wrong.join("\n") || "ok";
document.body.append(result);
