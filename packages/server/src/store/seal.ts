import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { changeTexts } from "../workflow/thrown-error.ts";
import type { StoredWorkflow } from "./workflow-store.ts";

/** No journal line and no JSON text begins like this. */
const mark = "sealed:v1:";
const ivBytes = 12;
const tagBytes = 16;
/** The length of a key. */
export const keyBytes = 32;

/** A text can't be decrypted: the key is wrong or missing, or the text was changed. */
export class SealError extends Error {
  override readonly name: string = "SealError";
}

/** Whether a text is encrypted, or looks like it. */
export function isSealed(text: string): boolean {
  return text.startsWith(mark);
}

/**
 * Encrypts texts of workflows with AES-256-GCM. Each workflow has its own key, derived from the given one: a text of
 * one workflow can't pass as another's, and no key is used for more texts than is safe with random nonces.
 */
export class Seal {
  #key: Uint8Array | undefined;

  /** @param key 32 bytes; if omitted, `useKey` must be called before the first text */
  constructor(key?: Uint8Array) {
    if (key !== undefined) {
      this.useKey(key);
    }
  }

  /** @throws RangeError if the key doesn't have 32 bytes */
  useKey(key: Uint8Array): void {
    if (key.length !== keyBytes) {
      throw new RangeError(`expected a key of ${keyBytes} bytes, not of ${key.length}`);
    }
    this.#key = key;
  }

  close(workflow: number, text: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#keyOf(workflow), iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return mark + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** @throws SealError */
  open(workflow: number, sealed: string): string {
    const bytes = Buffer.from(sealed.slice(mark.length), "base64");
    try {
      const iv = bytes.subarray(0, ivBytes);
      const decipher = createDecipheriv("aes-256-gcm", this.#keyOf(workflow), iv, {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      const text = decipher.update(bytes.subarray(ivBytes + tagBytes));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new SealError(
        "the journal of a workflow that read secrets can't be opened: the key is not the one it was sealed with. Give the server the key of before",
        { cause },
      );
    }
  }

  #keyOf(workflow: number): Buffer {
    if (this.#key === undefined) {
      throw new SealError(
        "the journal of a workflow that read secrets can't be used: there is no key",
      );
    }
    return createHmac("sha256", this.#key).update(`workflow ${workflow}`).digest();
  }
}

/** Decrypts a text of a workflow. */
export function openText(seal: Seal, id: number, text: string): string {
  return isSealed(text) ? seal.open(id, text) : text;
}

/** Decrypts all texts of a workflow. */
export function openWorkflow(seal: Seal, workflow: StoredWorkflow): StoredWorkflow {
  const { id, input, response, failure, waiting } = workflow;
  const open = (text: string): string => openText(seal, id, text);
  return {
    ...workflow,
    input: open(input),
    waiting: waiting?.on === "http" ? { ...waiting, url: open(waiting.url) } : waiting,
    response: response === null ? null : open(response),
    failure: failure === null ? null : changeTexts(failure, open),
  };
}

/** Whether its response or failure is encrypted. */
export function hasSealedEnd({ response, failure }: StoredWorkflow): boolean {
  return isSealed(response ?? "") || isSealed(failure?.message ?? "");
}

/**
 * How the texts of a cluster are encrypted. Without a key nothing reads a secret, but a text that looks encrypted must be
 * encrypted, too.
 */
export function sealOfCluster(key: Uint8Array | undefined): Seal {
  return new Seal(key ?? createHash("sha256").update("flawless without secrets").digest());
}

/** Identifies a key without revealing it. */
export function keyCheckOf(key: Uint8Array): string {
  return createHmac("sha256", key).update("flawless key check").digest("hex");
}
