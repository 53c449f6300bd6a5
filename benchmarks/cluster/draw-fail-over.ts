import type { FailOver, FailOverResults } from "./report.ts";

const [width, height, left, top, bottom] = [820, 240, 60, 34, 40] as const;

/** The number of steps a second before and after a node ends: once killed, once stopped. */
export function drawFailOver({ kill, stop }: FailOverResults): string {
  const panels = [
    { title: "One of three nodes is killed (SIGKILL)", of: kill },
    { title: "One of three nodes is stopped (SIGTERM)", of: stop },
  ].map(({ title, of }, index) => panel(title, of, index * height));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height * 2}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join("\n")}
</svg>
`;
}

function panel(title: string, { steps }: FailOver, y: number): string {
  const seconds = steps.map(([second]) => second);
  const [first = 0, last = 1] = [seconds[0], seconds.at(-1)];
  const most = Math.max(...steps.map(([, rate]) => rate), 1);
  const xOf = (second: number): number =>
    left + ((second - first) / (last - first)) * (width - left - 20);
  const yOf = (rate: number): number =>
    y + height - bottom - (rate / most) * (height - top - bottom);
  const line = steps.map(([second, rate]) => `${xOf(second).toFixed(1)},${yOf(rate).toFixed(1)}`);
  const ticks = seconds.filter((second) => second % 5 === 0);
  return `<text x="${left}" y="${y + 20}" font-weight="600">${title}</text>
${[0, Math.round(most / 2), Math.round(most)]
  .map(
    (rate) =>
      `<line x1="${left}" x2="${width - 20}" y1="${yOf(rate)}" y2="${yOf(rate)}" stroke="#ddd"/><text x="${left - 8}" y="${yOf(rate) + 4}" text-anchor="end" fill="#555">${rate}</text>`,
  )
  .join("\n")}
${ticks
  .map(
    (second) =>
      `<text x="${xOf(second)}" y="${y + height - 18}" text-anchor="middle" fill="#555">${second} s</text>`,
  )
  .join("\n")}
<line x1="${xOf(0)}" x2="${xOf(0)}" y1="${y + top - 6}" y2="${y + height - bottom}" stroke="#c0392b" stroke-dasharray="4 3"/>
<polyline points="${line.join(" ")}" fill="none" stroke="#2b6cb0" stroke-width="2"/>`;
}
