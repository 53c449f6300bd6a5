import type { BoundPorts, WaitStrategy } from "testcontainers";
import { TestkitError } from "../../errors.ts";
import { readLog } from "../docker/container-log.ts";
import type { DockerContainer } from "../docker/engine.ts";
import type { AskScope } from "./service-access.ts";

/** Sends real requests to the service in a container until it is healthy. */
export type ReadyQuestion = (container: DockerContainer, scope: AskScope) => Promise<void>;

/** How long a container may take to become ready by default, in milliseconds. */
export const defaultStartupMs = 60_000;
const shownLines = 40;

/**
 * Waits until the service in a container responds, or fails early if the container exits.
 *
 * @throws TestkitError `FLAWLESS_TESTKIT_CONTAINER_FAILED` with the last lines of the log
 */
export async function waitUntilReady(
  container: DockerContainer,
  name: string,
  question: ReadyQuestion,
  timeoutMs: number,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    await Promise.race([
      question(container, { timeoutMs, signal }),
      endOf(container, signal),
      // Not every check respects the timeout.
      timeout(timeoutMs, signal),
    ]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TestkitError(
      "FLAWLESS_TESTKIT_CONTAINER_FAILED",
      `${name} did not become ready: ${reason}\n${await lastLines(container)}`,
      { cause: error },
    );
  } finally {
    controller.abort();
  }
}

/** {@link waitUntilReady} for Testcontainers. */
export class ReadinessWait implements WaitStrategy {
  readonly #name: string;
  readonly #question: ReadyQuestion;
  #timeoutMs: number = defaultStartupMs;
  #set = false;

  constructor(name: string, question: ReadyQuestion) {
    this.#name = name;
    this.#question = question;
  }

  async waitUntilReady(container: DockerContainer, _boundPorts: BoundPorts): Promise<void> {
    await waitUntilReady(container, this.#name, this.#question, this.#timeoutMs);
  }

  withStartupTimeout(startupTimeoutMs: number): this {
    this.#timeoutMs = startupTimeoutMs;
    this.#set = true;
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return this.#set;
  }

  getStartupTimeout(): number {
    return this.#timeoutMs;
  }
}

async function endOf(container: DockerContainer, abortSignal: AbortSignal): Promise<never> {
  const { StatusCode } = (await container.wait({ abortSignal })) as { readonly StatusCode: number };
  throw new Error(`it ended with code ${StatusCode}.`);
}

async function timeout(timeoutMs: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it did not answer within ${timeoutMs} ms.`)),
      // A check that respects the timeout has a better error.
      timeoutMs + 1_000,
    );
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

async function lastLines(container: DockerContainer): Promise<string> {
  try {
    const log = (await readLog(container, shownLines)).trimEnd();
    return log === "" ? "It has logged nothing." : `The last lines of its log:\n${log}`;
  } catch (error) {
    return `Its log can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
