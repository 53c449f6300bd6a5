import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "@flawless-ts/control-plane";
import { startServer } from "@flawless-ts/server";
import { parser } from "@prometheus-io/lezer-promql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const alerts = parse(readFileSync("docs/monitoring/alerts.yml", "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync("docs/monitoring/dashboard.json", "utf8")) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
};
const runBook = readFileSync("docs/run-book.md", "utf8");
const known = new Set<string>();

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "monitoring-"));
  afterAll(() => rm(directory, { recursive: true, force: true }));
  await using server = await startServer({ directory: join(directory, "flawless"), port: 0 });
  await using plane = await startControlPlane({
    directory: join(directory, "plane"),
    port: 0,
  });
  const scraped = await Promise.all(
    [server.url, plane.url].map(async (url) => (await fetch(`${url}/metrics`)).text()),
  );
  // A single server has no cluster metrics.
  const source = readFileSync("packages/server/src/metrics/engine-metrics.ts", "utf8");
  const names = [
    ...scraped.join("\n").matchAll(/^# TYPE (\S+)/gm),
    ...source.matchAll(/"(flawless_(?:partitions|cluster|fences|requests)_\w+)"/g),
    ...["up"].map((name) => [name, name]),
  ].map(([, name]) => name as string);
  for (const name of names) {
    known.add(name);
  }
});

/** @throws Error if it is not PromQL */
function metricsIn(expression: string): readonly string[] {
  // Grafana substitutes these before it sends the query.
  const asked = expression.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");
  const metrics: string[] = [];
  parser
    .configure({ strict: true })
    .parse(asked)
    .iterate({
      enter: (node) => {
        const [child] = node.name === "VectorSelector" ? node.node.getChildren("Identifier") : [];
        if (child !== undefined) {
          metrics.push(asked.slice(child.from, child.to).replace(/_(?:bucket|sum|count)$/, ""));
        }
      },
    });
  return metrics;
}

test("alert rules use metrics that exist", () => {
  for (const { alert, expr } of rules) {
    const metrics = metricsIn(expr);
    expect(metrics, alert).not.toEqual([]);
    expect(
      metrics.filter((name) => !known.has(name)),
      alert,
    ).toEqual([]);
  }
});

test("each alert has a section in the runbook, and each section has an alert", () => {
  const sections = [...runBook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

  expect(sections).toEqual(rules.map(({ alert }) => alert));
  for (const { alert, annotations } of rules) {
    expect(annotations.runbook_url).toBe(
      `https://github.com/flawless-ts/flawless-ts/blob/main/docs/run-book.md#${alert.toLowerCase()}`,
    );
  }
});

test("the dashboard's panels use metrics that exist", () => {
  const targets = dashboard.panels.flatMap(({ title, targets: all = [] }) =>
    all.map(({ expr }) => ({ title, expr })),
  );
  for (const { title, expr } of targets) {
    const metrics = metricsIn(expr);
    expect(metrics, title).not.toEqual([]);
    expect(
      metrics.filter((name) => !known.has(name)),
      title,
    ).toEqual([]);
  }
  expect(targets.length).toBeGreaterThan(20);
});

test("invalid PromQL would be noticed", () => {
  expect(() => metricsIn("sum by (rate(")).toThrow();
  expect(metricsIn('rate(a_total{b="c"}[5m]) / d')).toEqual(["a_total", "d"]);
});
