import { describeUnless, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { Flawless } from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { startServer } from "../../server.ts";
import { readSecretsKey } from "../../store/secrets-key.ts";
import { runCli } from "../../testing/run-cli.ts";
import { copyJournal } from "./copy-journal.ts";

describeUnless(missingForPostgres(), "a server's directory that was copied to PostgreSQL", () => {
  test("continues there: running workflows, ids, and starts repeated with the same keys", async () => {
    using directory = new TemporaryDirectory();
    const executors = { threads: 1 };
    const before = await startServer({ port: 0, directory: directory.path, executors });
    await using first = new Flawless({ url: before.url });
    const module = await first.deploy(fixtureBytes("conformance"));
    const keys = ["a", "b", "c"];
    const ended = await Promise.all(
      keys.map((idempotencyKey) => module.start("add", { a: 1, b: 2 }, { idempotencyKey })),
    );
    await Promise.all(ended.map((run) => run.completion()));
    const waiting = await module.start("receive", null, { idempotencyKey: "waiting" });
    await before.close();
    const { url, schema } = await testSchema();
    await copyJournal(directory.path, url, { schema, partitions: 5 });

    const key = await readSecretsKey(directory.join("secrets.key"));
    const postgres = { urls: [url], schema, connections: 2 };
    const refused = startServer({
      port: 0,
      journal: { postgres },
      executors,
      secretsKey: Buffer.alloc(32),
    });
    await expect(refused).rejects.toThrow("The key for secrets is not the one");
    await using after = await startServer({
      port: 0,
      journal: { postgres },
      executors,
      secretsKey: key,
    });
    await using flawless = new Flawless({ url: after.url });
    const there = flawless.module("conformance", "1.0.0");
    for (const [index, idempotencyKey] of keys.entries()) {
      const again = await there.start("add", { a: 1, b: 2 }, { idempotencyKey });
      expect(again.id).toBe(ended[index]?.id);
      expect(await there.execute("add", { a: 1, b: 2 }, { idempotencyKey })).toBe(3);
    }
    await expect(there.start("add", { a: 9, b: 9 }, { idempotencyKey: "a" })).rejects.toMatchObject(
      { code: "FLAWLESS_CONFLICT" },
    );
    expect((await there.start("receive", null, { idempotencyKey: "waiting" })).id).toBe(waiting.id);
    await flawless.workflow(waiting.id).send("approve", { by: "me" });
    expect(await flawless.workflow(waiting.id).completion()).toMatchObject({ status: "completed" });

    using backup = new TemporaryDirectory();
    const command = await runCli(["backup", backup.join("copy"), "--url", after.url]);
    expect(command).toMatchObject({ code: 1, stderr: expect.stringContaining("pg_dump") });
    // A sentence, not JSON.
    expect(command.stderr).toContain(
      "the server answered 400: The workflows are in PostgreSQL. Back",
    );
  });
});
