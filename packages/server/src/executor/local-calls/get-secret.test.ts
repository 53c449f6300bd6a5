import { expect, test } from "vitest";
import { TestEngine } from "../../testing/test-engine.ts";

const secrets = { TOKEN: "s3cr\u00e9t", EMPTY: "" };

test.each([
  ["one that there is", "TOKEN", "s3cr\u00e9t"],
  ["an empty one", "EMPTY", ""],
  ["one that there is not", "token", null],
  ["one named like what every object has", "constructor", null],
  ["one named __proto__", "__proto__", null],
])("a guest asks for %s", async (_what, name, value) => {
  await using engine = await TestEngine.open({ secrets });

  expect(await engine.run("secret", { name })).toBe(value);
});

test("a guest of an engine without secrets gets none", async () => {
  await using engine = await TestEngine.open();

  expect(await engine.run("secret", { name: "TOKEN" })).toBeNull();
});

test("the journal doesn't show the secret's value", async () => {
  await using engine = await TestEngine.open({ secrets });
  const { id } = await engine.startText("secret", '{"name":"TOKEN"}');
  await engine.end(id);

  const shown = JSON.stringify(await engine.engine.journal(id));
  expect(shown).not.toContain(secrets.TOKEN);
  expect((await engine.steps(id)).map(({ call, answer }) => [call, answer])).toEqual([
    ['"GetInput"', '{"String":"{\\"name\\":\\"TOKEN\\"}"}'],
    ['{"GetSecret":"TOKEN"}', '{"Secret":"[secret]"}'],
    ['{"SendResponse":"\\"[secret]\\""}', '{"ResponseSent":true}'],
  ]);
});

test("a workflow that has read a secret doesn't see later changes to it", async () => {
  await using before = await TestEngine.open({ secrets });
  const id = await before.launch("all_calls", { url: "http://site", secret: "TOKEN" });

  await using after = await before.restart({ secrets: { TOKEN: "changed" } });
  await after.pass(20);

  expect(await after.info(id)).toMatchObject({ status: "running", waiting: { on: "message" } });
  expect(await after.run("secret", { name: "TOKEN" })).toBe("changed");
});
