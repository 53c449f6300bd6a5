import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { EngineError } from "../../errors.ts";
import type { WholeStore } from "../../store/whole-store.ts";
import type { StoreWrite } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { CopyTarget } from "./copy-target.ts";

/** The progress of a copy. */
export interface CopyProgress {
  readonly step: "copying" | "checking";
  readonly workflows: number;
  /** The total number of workflows. */
  readonly of: number;
}

/** What was copied. */
export interface Copied {
  readonly workflows: number;
  readonly modules: number;
}

/**
 * Copies everything, then reads source and target again and compares them.
 *
 * @throws EngineError `JOURNAL_DAMAGED` if they differ
 * @throws Error of a store
 */
export async function copyWhole(
  source: WholeStore,
  target: CopyTarget,
  onProgress: (progress: CopyProgress) => void,
): Promise<Copied> {
  const of = await source.count();
  const modules = await copyModules(source, target);
  let workflows = 0;
  for await (const batch of batchesOf(source)) {
    const there = await target.has(batch.map(({ workflow }) => workflow.id));
    await target.write(batch.filter(({ workflow }) => !there.has(workflow.id)));
    workflows += batch.length;
    onProgress({ step: "copying", workflows, of });
  }
  for await (const schedules of schedulesOf(source)) {
    await target.writeSchedules(schedules);
  }
  await compare(source, await target.written(), (checked) =>
    onProgress({ step: "checking", workflows: checked, of }),
  );
  return { workflows, modules };
}

async function copyModules(source: WholeStore, target: CopyTarget): Promise<number> {
  const modules = await source.modules();
  const deployed = new Set(modules.map(({ hash }) => hash));
  const replaced = (await source.moduleHashes()).filter((hash) => !deployed.has(hash));
  const [first] = modules;
  // Workflows may still run on bytes that a deploy replaced: those are written first, and are replaced here, too.
  const all = [
    ...(first === undefined ? [] : replaced.map((hash) => ({ ...first, hash }))),
    ...modules,
  ];
  const writes: StoreWrite[] = [];
  for (const module of all) {
    const bytes = await source.moduleBytes(module.hash);
    if (bytes === undefined) {
      throw damaged(`${source.name} lacks the bytes of module ${module.name} ${module.version}.`);
    }
    writes.push({ kind: "deploy", module, bytes });
  }
  await target.writeModules(writes);
  return modules.length;
}

async function* batchesOf(
  store: WholeStore,
): AsyncGenerator<Awaited<ReturnType<WholeStore["workflows"]>>> {
  for (let after = -1; ;) {
    const batch = await store.workflows(after);
    const last = batch.at(-1);
    if (last === undefined) {
      return;
    }
    yield batch;
    after = last.workflow.id;
  }
}

async function* schedulesOf(
  store: WholeStore,
): AsyncGenerator<Awaited<ReturnType<WholeStore["schedules"]>>> {
  for (let after = ""; ;) {
    const batch = await store.schedules(after);
    const last = batch.at(-1);
    if (last === undefined) {
      return;
    }
    yield batch;
    after = last.name;
  }
}

/** One by one, because stores have different batch sizes. */
async function* eachScheduleOf(
  store: WholeStore,
): AsyncGenerator<Awaited<ReturnType<WholeStore["schedules"]>>[number]> {
  for await (const batch of schedulesOf(store)) {
    yield* batch;
  }
}

async function* eachOf(
  store: WholeStore,
): AsyncGenerator<Awaited<ReturnType<WholeStore["workflows"]>>[number]> {
  for await (const batch of batchesOf(store)) {
    yield* batch;
  }
}

async function compare(
  source: WholeStore,
  target: WholeStore,
  onChecked: (workflows: number) => void,
): Promise<void> {
  if (!isDeepStrictEqual(await target.modules(), await source.modules())) {
    throw damaged(`${target.name} has other modules than ${source.name}.`);
  }
  for (const hash of await source.moduleHashes()) {
    const bytes = (await target.moduleBytes(hash)) ?? new Uint8Array();
    if (createHash("sha256").update(bytes).digest("hex") !== hash) {
      throw damaged(`${target.name} lacks the bytes of module ${hash}.`);
    }
  }
  const copiedSchedules = eachScheduleOf(target);
  for await (const schedule of eachScheduleOf(source)) {
    const { value: copied } = await copiedSchedules.next();
    if (!isDeepStrictEqual(copied, schedule)) {
      throw damaged(`${target.name} has other schedules than ${source.name}.`);
    }
  }
  const copies = eachOf(target);
  let checked = 0;
  for await (const original of eachOf(source)) {
    const { value: copy } = await copies.next();
    if (!isDeepStrictEqual(copy, original)) {
      const id = toPublicId(original.workflow.id);
      throw damaged(`Workflow ${id} is not the same in ${target.name} as in ${source.name}.`);
    }
    checked += 1;
    if (checked % 1_000 === 0) {
      onChecked(checked);
    }
  }
  const { value: more } = await copies.next();
  if (more !== undefined) {
    const id = toPublicId((more as { workflow: { id: number } }).workflow.id);
    throw damaged(`${target.name} has a workflow that ${source.name} has not: ${id}.`);
  }
  onChecked(checked);
}

function damaged(message: string): EngineError {
  return new EngineError("JOURNAL_DAMAGED", message);
}
