import { createHash } from "node:crypto";
import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError } from "../../errors.ts";
import { ExtensionError } from "../../host-calls/extensions/extension-answer.ts";
import type { TellingCall } from "../../host-calls/extensions/other-workflows.ts";
import type { WorkflowStore } from "../../store/workflow-store.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { Committer } from "../committer.ts";
import type { UpdateReply, UpdateRequest } from "../types.ts";
import { highestNote, type KeptUpdate, keyNote, updateNote } from "./update-notes.ts";
import { Waiters } from "./waiters.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** What is known of one workflow's updates while someone sends one. */
interface Asked {
  users: number;
  /** The highest number so far. */
  readonly highest: Promise<number>;
  given: number;
  /** By number. */
  readonly known: Map<number, { readonly key: string; kept: KeptUpdate }>;
  /** By key: those that the store may not know yet. */
  readonly underWay: Map<string, Promise<KeptUpdate>>;
  readonly replies: Waiters<UpdateReply, string>;
}

/**
 * Puts an update into a mailbox.
 * @param prepare called first, with the record that gets the update
 * @throws EngineError if the workflow can't take it
 */
export type LayUpdate = (
  number: number,
  prepare: (record: WorkflowRecord) => void,
) => Promise<WorkflowRecord>;

/**
 * Updates: messages that workflows answer. The message, its key and its number become durable in one transaction, and
 * the answer in one with the step that gives it. A repeated request therefore gets the outcome of the first.
 */
export class Updates {
  readonly #store: WorkflowStore;
  readonly #committer: Committer;
  readonly #kept: number;
  readonly #asked = new ShortLivedMap<number, Asked>();

  /** @param kept the number of a workflow's updates that are stored with their answers */
  constructor(store: WorkflowStore, committer: Committer, kept: number) {
    this.#store = store;
    this.#committer = committer;
    this.#kept = kept;
  }

  /**
   * Sends an update, unless one with its key was sent before, and waits for its answer.
   * @throws EngineError if the workflow can't take it, or ended without an answer
   */
  async ask(
    id: number,
    request: UpdateRequest,
    signal: AbortSignal,
    lay: LayUpdate,
  ): Promise<UpdateReply> {
    const asked = this.#use(id);
    const { key } = request;
    const left = new AbortController();
    const ends = AbortSignal.any([signal, left.signal]);
    try {
      // Waits before it reads: the answer may come while the store is being read.
      const coming = asked.replies.wait(key, ends, () => undefined);
      coming.catch(() => undefined);
      const sent = asked.underWay.get(key) ?? this.#send(id, asked, request, lay);
      const { request: known } = await sent;
      if (known !== digestOf(request)) {
        throw new EngineError(
          "IDEMPOTENCY_CONFLICT",
          `The key ${JSON.stringify(key)} was used for another update of workflow ${toPublicId(id)}. Use another key.`,
        );
      }
      // Checks for the end first, because an answer came before it.
      const { status } = (await this.#store.workflow(id)) ?? {};
      const { reply } = (await this.#read(id, key)) ?? {};
      if (reply === undefined && status !== "running") {
        throw endedError(id);
      }
      return reply ?? (await coming);
    } finally {
      left.abort();
      this.#leave(id, asked);
    }
  }

  /**
   * Answers an update in one transaction with the answer to the call that does it.
   * @throws EngineError if the store can't be read
   */
  async reply(
    record: WorkflowRecord,
    number: number,
    reply: UpdateReply,
    call: TellingCall,
  ): Promise<void> {
    const { id } = record;
    const known = this.#asked.get(id)?.known.get(number) ?? (await this.#find(record, number));
    if (!call.isOpen()) {
      return;
    }
    if (known === undefined) {
      const message = `There is no update ${number} to answer.`;
      call.settle(new ExtensionError(404, "UNKNOWN_UPDATE", message));
    } else if (known.kept.reply !== undefined) {
      const message = `Update ${number} was answered before.`;
      call.settle(new ExtensionError(409, "ALREADY_REPLIED", message));
    } else {
      const { key } = known;
      known.kept = { ...known.kept, reply };
      record.note(updateNote(key), JSON.stringify(known.kept));
      call.settle();
      // Callers that wait get it once it is durable.
      this.#committer.commit(record).then(
        () => {
          const asked = this.#asked.get(id);
          asked?.known.delete(number);
          asked?.replies.resolve(key, reply);
        },
        () => undefined,
      );
    }
  }

  /** Nobody will answer any more. */
  ended(id: number): void {
    this.#asked.get(id)?.replies.rejectAll(endedError(id));
  }

  rejectAll(error: Error): void {
    for (const { replies } of this.#asked.values()) {
      replies.rejectAll(error);
    }
  }

  async #send(
    id: number,
    asked: Asked,
    request: UpdateRequest,
    lay: LayUpdate,
  ): Promise<KeptUpdate> {
    const { key } = request;
    const sent = (async (): Promise<{ kept: KeptUpdate; durable: Promise<void> }> => {
      const known = await this.#read(id, key);
      if (known !== undefined) {
        return { kept: known, durable: Promise.resolve() };
      }
      const highest = await asked.highest;
      asked.given = Math.max(asked.given, highest) + 1;
      const number = asked.given;
      const outdated = number - this.#kept;
      const old = outdated > 0 ? await this.#store.note(id, keyNote(outdated)) : undefined;
      const kept: KeptUpdate = { number, request: digestOf(request) };
      // Before the workflow can take and answer it.
      const record = await lay(number, (prepared) => {
        asked.known.set(number, { key, kept });
        asked.known.delete(outdated);
        prepared.note(highestNote, String(asked.given));
        prepared.note(keyNote(number), key);
        prepared.note(updateNote(key), JSON.stringify(kept));
        if (old !== undefined) {
          prepared.note(keyNote(outdated), null);
          prepared.note(updateNote(old), null);
        }
      });
      return { kept, durable: this.#committer.commit(record) };
    })();
    const durable = sent.then(async ({ kept, durable }) => {
      await durable;
      return kept;
    });
    asked.underWay.set(key, durable);
    try {
      return await durable;
    } finally {
      asked.underWay.delete(key);
    }
  }

  /** Finds one that no caller of this process waits for. */
  async #find(
    record: WorkflowRecord,
    number: number,
  ): Promise<{ readonly key: string; kept: KeptUpdate } | undefined> {
    const { id } = record;
    await this.#committer.commit(record);
    const key = await this.#store.note(id, keyNote(number));
    const kept = key === undefined ? undefined : await this.#read(id, key);
    return key === undefined || kept?.number !== number ? undefined : { key, kept };
  }

  async #read(id: number, key: string): Promise<KeptUpdate | undefined> {
    const text = await this.#store.note(id, updateNote(key));
    return text === undefined ? undefined : (JSON.parse(text) as KeptUpdate);
  }

  #use(id: number): Asked {
    let asked = this.#asked.get(id);
    if (asked === undefined) {
      asked = {
        users: 0,
        highest: this.#store.note(id, highestNote).then((text) => Number(text ?? 0)),
        given: 0,
        known: new Map(),
        underWay: new Map(),
        replies: new Waiters(),
      };
      asked.highest.catch(() => undefined);
      this.#asked.set(id, asked);
    }
    asked.users += 1;
    return asked;
  }

  #leave(id: number, asked: Asked): void {
    asked.users -= 1;
    if (asked.users === 0) {
      this.#asked.delete(id);
    }
  }
}

function digestOf({ type, data }: UpdateRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([type, data]))
    .digest("hex");
}

function endedError(id: number): EngineError {
  return new EngineError(
    "WORKFLOW_ENDED",
    `Workflow ${toPublicId(id)} has ended without answering the update.`,
  );
}
