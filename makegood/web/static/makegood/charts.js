// Draws figures. Their data block holds texts, addresses and numbers that the server decided; here they only become
// marks. Nothing is computed, formatted or turned into code. Colors come from the tokens, in whichever theme is on.

const drawn = new Map();

function palette() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(--mg-${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["ink", "muted", "line", "control", "accent", "surface", "danger-mark", "danger-text", "credited-mark", "neutral-soft"];
  const found = Object.fromEntries(names.map((name) => [name, read(name)]));
  probe.remove();
  return { ...found, font: getComputedStyle(document.body).fontFamily };
}

const text = (c, more = {}) => ({ color: c.muted, fontSize: 12, fontFamily: c.font, ...more });

function value(c, more = {}) {
  return {
    type: "value", min: 0, splitNumber: 4, axisLabel: { ...text(c), formatter: "{value}%" }, axisLine: { show: false },
    axisTick: { show: false }, splitLine: { lineStyle: { color: c.line, width: 1 } }, ...more,
  };
}

// Where a share comes near the whole, the axis ends there.
function shares(c, data) {
  const near = data.items.some((item) => Math.max(item.value ?? 0, item.high ?? 0, item.y ?? 0) > 75);
  return value(c, near ? { max: 100, splitNumber: 5 } : {});
}

function category(c, labels, more = {}) {
  return {
    type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: c.control } },
    axisLabel: text(c, { hideOverlap: true }), ...more,
  };
}

function mean(c, data, axis) {
  if (data.mean === null || data.mean === undefined) return undefined;
  return {
    silent: true, symbol: "none", animation: false, data: [{ [axis]: data.mean }],
    lineStyle: { color: c.muted, type: "dashed", width: 1 },
    label: { formatter: data.meanText, ...text(c), position: axis === "yAxis" ? "end" : "start", distance: 4, align: axis === "xAxis" && data.mean > 75 ? "right" : undefined },
  };
}

const labels = (data) => data.items.map((item) => item.name ?? item.label);
const thin = (color, type = "dashed") => ({ color, width: 1, type });
const quiet = { silent: true, symbol: "none", tooltip: { show: false }, emphasis: { disabled: true } };

function side(width) {
  const room = width < 520 ? 112 : 176;
  return { room, axis: { inverse: true, axisLine: { show: false } } };
}

const kinds = {
  bars(c, data, width) {
    const { room, axis } = side(width);
    const whiskers = data.items.map((item, at) => ({
      ...quiet, type: "line", z: 4, symbol: "rect", symbolSize: [1.5, 8], showSymbol: true, showAllSymbol: true,
      data: [[item.low, at], [item.high, at]], lineStyle: thin(c.ink, "solid"), itemStyle: { color: c.ink },
    }));
    return {
      grid: { left: room, right: 24, top: 20, bottom: 28 },
      xAxis: shares(c, data),
      yAxis: category(c, labels(data), { ...axis, axisLabel: { ...text(c), color: c.ink, width: room - 12, overflow: "truncate" } }),
      series: [
        {
          type: "bar", barMaxWidth: 16, markLine: mean(c, data, "xAxis"), emphasis: { disabled: true },
          data: data.items.map((item) => ({
            value: item.value,
            itemStyle: item.few ? { color: c["neutral-soft"], borderColor: c.control, borderType: "dashed" } : { color: c.accent, opacity: 0.55 },
          })),
        },
        ...whiskers,
        ...("dot" in data.items[0] ? [{
          type: "scatter", z: 6, symbol: "diamond", symbolSize: 9, emphasis: { disabled: true },
          itemStyle: { color: c.surface, borderColor: c.ink, borderWidth: 1.5 }, data: data.items.map((item, at) => [item.dot, at]),
        }] : []),
      ],
    };
  },
  columns(c, data, width) {
    const marked = data.items.findIndex((item) => item.now);
    const before = data.items.some((item) => item.before !== undefined && item.before !== null);
    const fits = width / data.items.length > 56;
    return {
      grid: { left: 12, right: 12, top: 28, bottom: 28 },
      xAxis: category(c, labels(data)),
      yAxis: { ...value(c), show: false, min: undefined },
      series: [
        ...(before ? [{ ...quiet, type: "line", step: "middle", z: 3, lineStyle: thin(c.ink), data: data.items.map((item) => item.before ?? 0) }] : []),
        {
          type: "bar", barMaxWidth: 40, emphasis: { disabled: true }, labelLayout: { hideOverlap: true },
          data: data.items.map((item, at) => ({
            value: item.value,
            itemStyle: { color: c.accent, opacity: marked < 0 || at === marked ? 1 : 0.4 },
            label: item.text && (fits || at === marked) ? { show: true, position: item.value < 0 ? "bottom" : "top", formatter: item.text, ...text(c), color: c.ink, opacity: 1 } : undefined,
          })),
        },
      ],
    };
  },
  stacked(c, data, width) {
    const fits = width / data.items.length > 64;
    const looks = {
      recurring: { color: c.accent }, usage: { color: c.accent, opacity: 0.5 }, one_time: { color: c.ink, opacity: 0.75 },
      tax: { color: c.control, opacity: 0.65 }, credit: { color: c["credited-mark"] }, rest: { color: c["neutral-soft"], borderColor: c.control },
    };
    return {
      grid: { left: 12, right: 12, top: 48, bottom: 28 },
      legend: { top: 0, left: 4, itemWidth: 12, itemHeight: 12, itemGap: 16, selectedMode: false, textStyle: { ...text(c), color: c.ink } },
      xAxis: category(c, labels(data)),
      yAxis: { ...value(c), show: false, min: undefined },
      series: data.names.map((name, place) => ({
        name, type: "bar", stack: "all", barMaxWidth: 44, emphasis: { disabled: true },
        itemStyle: { ...looks[data.kinds[place]] },
        data: data.items.map((item) => item.parts[place]),
      })).concat([{
        ...quiet, type: "line", lineStyle: { opacity: 0 }, symbol: "circle", symbolSize: 1, showAllSymbol: true, itemStyle: { color: "transparent" },
        data: data.items.map((item) => ({
          value: item.parts.reduce((sum, part) => sum + Math.max(part, 0), 0),
          label: fits || item.now ? { show: true, position: "top", formatter: item.text, ...text(c), color: c.ink, fontWeight: item.now ? 600 : 400 } : undefined,
        })),
      }]),
    };
  },
  line(c, data) {
    const first = data.items.findIndex((item) => item.open);
    const from = first < 0 ? data.items.length : Math.max(0, first - 1);
    const mark = (item) => ({
      value: item.value,
      symbol: item.alarm ? "diamond" : "circle",
      symbolSize: item.alarm ? 11 : 6,
      itemStyle: item.alarm ? { color: c["danger-mark"] } : item.open ? { color: c.surface, borderColor: c.accent, borderWidth: 1.5 } : { color: c.accent },
      label: item.alarm ? { show: true, formatter: item.label, position: "top", ...text(c), color: c["danger-text"] } : undefined,
    });
    const limit = (name) => ({ ...quiet, type: "line", step: "middle", lineStyle: thin(c.control, "dotted"), data: data.items.map((item) => item[name]) });
    return {
      grid: { left: 48, right: 92, top: 24, bottom: 28 },
      xAxis: category(c, labels(data)),
      yAxis: shares(c, data),
      series: [
        limit("low"), limit("high"),
        { type: "line", showAllSymbol: true, lineStyle: { color: c.accent, width: 2 }, emphasis: { disabled: true }, labelLayout: { hideOverlap: true }, markLine: mean(c, data, "yAxis"),
          data: data.items.map((item) => (item.open ? null : mark(item))) },
        { type: "line", showAllSymbol: true, lineStyle: { color: c.accent, width: 2, type: "dashed" }, emphasis: { disabled: true },
          data: data.items.map((item, at) => (item.open ? mark(item) : at === from ? { value: item.value, symbol: "none" } : null)) },
      ],
    };
  },
  funnel(c, data) {
    const limit = (place, type) => ({ ...quiet, type: "line", lineStyle: thin(c.control, type), data: data.limits.map((row) => [row[0], row[place]]) });
    return {
      grid: { left: 48, right: 92, top: 24, bottom: 44 },
      xAxis: { ...value(c), type: "log", min: "dataMin", max: "dataMax", splitLine: { show: false }, axisLine: { lineStyle: { color: c.control } },
        axisLabel: text(c, { hideOverlap: true }), name: data.across, nameLocation: "middle", nameGap: 26, nameTextStyle: text(c) },
      yAxis: shares(c, data),
      series: [
        limit(1, "solid"), limit(2, "dashed"), limit(3, "dashed"), limit(4, "solid"),
        { type: "scatter", emphasis: { disabled: true }, markLine: mean(c, data, "yAxis"), labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
          data: data.items.map((item) => ({
            value: [item.x, item.y], symbol: item.out ? "diamond" : "circle", symbolSize: item.out ? 12 : 7,
            itemStyle: item.out ? { color: c["danger-mark"] } : { color: c.control, opacity: 0.8 },
            label: item.out ? { show: true, formatter: item.label, position: item.x > data.limits.at(-1)[0] / 3 ? "left" : "right", ...text(c), color: c.ink } : undefined,
          })) },
      ],
    };
  },
  waterfall(c, data, width) {
    const { room, axis } = side(width);
    const longest = Math.max(...data.items.map((item) => item.text.length));
    const colors = { given: c["credited-mark"], back: c.accent, net: c.ink, whole: c["neutral-soft"], more: c.accent, less: c.control };
    return {
      grid: { left: room, right: 16 + 7 * longest, top: 8, bottom: 8 },
      xAxis: value(c, { show: false, max: 100 }),
      yAxis: category(c, labels(data), { ...axis, axisLabel: { ...text(c), color: c.ink, width: room - 12, overflow: data.items.length > 8 ? "truncate" : "break", lineHeight: 14 } }),
      series: [
        { ...quiet, type: "bar", stack: "all", itemStyle: { color: "transparent" }, data: data.items.map((item) => item.from) },
        { type: "bar", stack: "all", barMaxWidth: 20, emphasis: { disabled: true },
          data: data.items.map((item) => ({
            value: item.to - item.from,
            itemStyle: item.role === "whole" ? { color: colors.whole, borderColor: c.control, borderType: "dashed" } : { color: colors[item.role], opacity: item.role === "back" ? 0.7 : 1 },
            label: { show: true, position: "right", formatter: item.text, ...text(c), color: c.ink },
          })) },
      ],
    };
  },
};

function options(c, data, width) {
  const said = ({ dataIndex }) => data.items[dataIndex]?.said.join("\n") ?? "";
  return {
    animation: false,
    textStyle: { fontFamily: c.font, color: c.ink },
    tooltip: {
      renderMode: "richText", trigger: "item", confine: true, formatter: said, backgroundColor: c.surface, borderColor: c.control, borderWidth: 1,
      padding: [6, 10], textStyle: { color: c.ink, fontSize: 12, fontFamily: c.font, lineHeight: 18 }, transitionDuration: 0, shadowBlur: 0,
    },
    ...kinds[data.kind](c, data, width),
  };
}

function draw(box) {
  const block = document.getElementById(box.dataset.chart);
  if (!window.echarts || !block) { box.classList.add("is-off"); return; }
  const data = JSON.parse(block.textContent);
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  const paint = () => chart.setOption(options(palette(), data, box.clientWidth), { notMerge: true });
  paint();
  chart.on("click", ({ dataIndex }) => {
    const href = data.items[dataIndex]?.href;
    if (href) location.assign(href);
  });
  const watch = new ResizeObserver(() => { chart.resize(); paint(); });
  watch.observe(box);
  drawn.set(box, { chart, paint, watch });
  box.classList.add("is-drawn");
  const table = box.parentElement.querySelector("[data-figure-table]");
  if (table && table.dataset.figureTable !== "open") table.open = false;
}

function refresh() {
  for (const [box, { chart, watch }] of drawn) {
    if (box.isConnected) continue;
    watch.disconnect();
    chart.dispose();
    drawn.delete(box);
  }
  for (const box of document.querySelectorAll("[data-chart]")) if (!drawn.has(box)) draw(box);
}

const repaint = () => { for (const { paint } of drawn.values()) paint(); };

new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
document.addEventListener("htmx:afterSettle", refresh);
addEventListener("beforeprint", () => { for (const table of document.querySelectorAll("[data-figure-table]")) table.open = true; });
refresh();
