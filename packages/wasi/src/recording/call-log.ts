import { isDeepStrictEqual } from "node:util";
import type { AnyHostCall } from "../calls/host-call.ts";
import { CallRefused, isErrno } from "../host/errno.ts";
import type { WasiHost } from "../host/wasi-host.ts";
import { readValue, recordValue } from "./recorded-value.ts";
import type { WasiEnding, WasiStep } from "./recording.ts";

/** Sits between a guest's calls and their answers. */
export interface CallLog {
  /**
   * Answers a call.
   * @throws CallRefused, which the guest gets as the answer
   */
  answer(name: string, call: AnyHostCall, asked: object): object;
  /** Called with how the guest ended. */
  end(ending: WasiEnding): void;
}

/** Lets the host answer. */
export class DirectCalls implements CallLog {
  readonly #host: WasiHost;

  constructor(host: WasiHost) {
    this.#host = host;
  }

  answer(_name: string, call: AnyHostCall, asked: object): object {
    return call.perform(this.#host, asked);
  }

  end(): void {}
}

/** Lets the host answer, and records the answers. */
export class RecordedCalls implements CallLog {
  readonly #host: WasiHost;
  readonly steps: WasiStep[] = [];

  constructor(host: WasiHost) {
    this.#host = host;
  }

  answer(name: string, call: AnyHostCall, asked: object): object {
    const step = { call: name, asked: recordValue(asked) };
    try {
      const answer = call.perform(this.#host, asked);
      this.steps.push({ ...step, answer: recordValue(answer) });
      return answer;
    } catch (error) {
      if (error instanceof CallRefused) this.steps.push({ ...step, errno: error.errno });
      throw error;
    }
  }

  end(): void {}
}

/** A replayed guest does something other than what was recorded. */
export class Mismatch extends Error {
  /** The number of the call, counted from 1. */
  readonly step: number;
  readonly recorded: string;
  readonly came: string;

  constructor(step: number, recorded: string, came: string) {
    super(`step ${step}`);
    this.step = step;
    this.recorded = recorded;
    this.came = came;
  }
}

/** Returns the recorded answers, while the guest makes the recorded calls. */
export class ReplayedCalls implements CallLog {
  readonly #host: WasiHost;
  readonly #steps: readonly WasiStep[];
  readonly #ending: WasiEnding;
  #position = 0;

  constructor(host: WasiHost, steps: readonly WasiStep[], ending: WasiEnding) {
    this.#host = host;
    this.#steps = steps;
    this.#ending = ending;
  }

  /** @throws Mismatch */
  answer(name: string, call: AnyHostCall, asked: object): object {
    const came = { call: name, asked: recordValue(asked) };
    const step = this.#steps[this.#position];
    if (step === undefined) throw this.#mismatch(describeEnding(this.#ending), describeStep(came));
    if (step.call !== name || !isDeepStrictEqual(step.asked, came.asked)) {
      throw this.#mismatch(describeStep(step), describeStep(came));
    }
    this.#position += 1;
    if (isErrno(step.errno)) throw new CallRefused(step.errno);
    const answer = readValue(step.answer ?? {}) as object;
    call.replayed?.(this.#host, asked, answer);
    return answer;
  }

  /** @throws Mismatch if the guest ended differently, or too early */
  end(ending: WasiEnding): void {
    const step = this.#steps[this.#position];
    if (step !== undefined) throw this.#mismatch(describeStep(step), describeEnding(ending));
    const sameKind = "trap" in ending === "trap" in this.#ending;
    // The text for a trap may change with the engine.
    if (!sameKind || ("exitCode" in ending && !isDeepStrictEqual(ending, this.#ending))) {
      throw this.#mismatch(describeEnding(this.#ending), describeEnding(ending));
    }
  }

  #mismatch(recorded: string, came: string): Mismatch {
    return new Mismatch(this.#position + 1, recorded, came);
  }
}

const describeStep = ({ call, asked }: Pick<WasiStep, "call" | "asked">): string =>
  `${call} ${JSON.stringify(asked)}`;

const describeEnding = (ending: WasiEnding): string =>
  "trap" in ending ? `the end by a trap (${ending.trap})` : `the end with code ${ending.exitCode}`;
