import { writeFile } from "node:fs/promises";
import { TemporaryDirectory, listenOnFreePort } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { createApi } from "../api/create-api.ts";
import { ActivityHarness } from "../testing/activity-harness.ts";
import { CliProcess } from "../testing/cli-process.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { until } from "../testing/until.ts";

test("`flawless worker --watch` restarts when an import of the file changes", async () => {
  using directory = new TemporaryDirectory();
  const harness = new ActivityHarness();
  const app = createApi(fakeEngine({ activities: harness.queues }));
  const port = await listenOnFreePort(app);
  const imported = directory.join("price.ts");
  const file = directory.join("activities.ts");
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(imported, "export const price: number = 1;");
  await writeFile(
    file,
    'import { price } from "./price.ts";\nexport const activities = { charge: () => price };',
  );
  const charge = async (): Promise<unknown> => {
    const task = harness.task({ retry: { initialDelayMs: 0 } });
    await until(() => task.outcome() !== undefined);
    return task.outcome();
  };
  {
    const args = ["worker", file, "--queue", "orders", "--watch"];
    const env = { FLAWLESS_URL: `http://127.0.0.1:${port}` };
    await using worker = new CliProcess(args, { env, group: true });
    await worker.firstLine;
    expect(await charge()).toEqual({ value: "1" });

    await writeFile(imported, "export const price: number = 2;");
    let value: unknown = { value: "1" };
    while (JSON.stringify(value) === '{"value":"1"}') value = await charge();
    expect(value).toEqual({ value: "2" });

    worker.kill("SIGTERM");
    await worker.end;
    expect(harness.queues.summaries(0)).toEqual([]);
  }
  harness.queues.close();
  await app.close();
});
