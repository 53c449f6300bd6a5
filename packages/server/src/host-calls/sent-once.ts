import {
  decodeHostAnswer,
  encodeHostAnswer,
  type HostAnswer,
  type HostAnswerOf,
  type HttpRequest,
} from "@flawless-ts/wasm-module";
import { ShortLivedSet } from "@flawless-ts/wasm-module/internal";
import type { Clock } from "../time/clock.ts";
import { interruptedRequest } from "./http-exchange.ts";
import { followsUntil, outcomeFollows, type Outcomes, type SentStep } from "./outcomes.ts";

type Answer = HostAnswerOf<"HTTPResponse">;

/** How much longer the next engine waits for an outcome than this one for a response, in milliseconds. */
const storedWithinMs = 2_000;

/** A request of a guest that may be sent only once, and what it needs of its workflow. */
export interface RequestSentOnce extends SentStep {
  readonly request: HttpRequest;
  /** Adds a note to the journal's record of the request, and saves it. */
  note(note: string): void;
  abort(): void;
}

/** A request that is under way. */
export interface UnderWay {
  /**
   * The answer has come.
   * @returns whether it goes to the next engine, which records it; otherwise this one does
   */
  isForNext(answer: Answer): boolean;
  /** The workflow doesn't want the answer, or the engine stops. */
  cancel(): void;
  /** Nothing more will come. Must be called once. */
  end(): void;
}

interface Open extends RequestSentOnce {
  /** Set once it was handed over. */
  outcome: PromiseWithResolvers<string | undefined> | undefined;
}

/** Requests of guests that may be sent only once, which an engine hands over when it is closed. */
export class SentOnce {
  readonly #outcomes: Outcomes | undefined;
  readonly #underWay = new ShortLivedSet<Open>();

  /** @param outcomes undefined: requests can't be handed over */
  constructor(outcomes?: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** A request begins. Call it before it is sent. */
  begin(request: RequestSentOnce): UnderWay {
    const open: Open = { ...request, outcome: undefined };
    this.#underWay.add(open);
    return {
      isForNext: (answer) => {
        open.outcome?.resolve(encodeHostAnswer(answer));
        return open.outcome !== undefined;
      },
      cancel: () => {
        // What was handed over continues without the engine.
        if (open.outcome === undefined) {
          // It may not end at once: its intent may have to be saved first.
          this.#underWay.delete(open);
          request.abort();
        }
      },
      end: () => {
        this.#underWay.delete(open);
        open.outcome?.resolve(undefined);
      },
    };
  }

  /**
   * From now on, the next engine records the outcomes of all requests under way. The journal says so, with a note that is
   * about to be saved.
   * @param endsAt when requests that have no response are aborted, in milliseconds since the Unix epoch
   */
  handOver(endsAt: number, clock: Pick<Clock, "setTimer">): void {
    if (this.#outcomes === undefined || this.#underWay.size === 0) {
      return;
    }
    const until = endsAt + storedWithinMs;
    const outcomes: Promise<unknown>[] = [];
    for (const open of this.#underWay) {
      open.outcome = Promise.withResolvers();
      outcomes.push(open.outcome.promise);
      open.note(outcomeFollows(until));
      this.#outcomes.follow(open, until, open.outcome.promise);
    }
    const cancelTimer = clock.setTimer(endsAt, () => {
      for (const { abort, outcome, request } of this.#underWay) {
        outcome?.resolve(encodeHostAnswer(interruptedRequest(request)));
        abort();
      }
    });
    void Promise.all(outcomes).then(cancelTimer);
  }

  /**
   * The answer to a request that an earlier engine sent.
   * @param note what the journal says of it
   * @returns undefined if none follows
   */
  following(
    sent: SentStep,
    request: HttpRequest,
    note: string | null,
    signal: AbortSignal,
  ): Promise<Answer> | undefined {
    const until = followsUntil(note);
    return until === undefined
      ? undefined
      : this.#outcomes
          ?.find(sent, until, signal)
          .then((text) => readAnswer(text) ?? interruptedRequest(request));
  }

  /** The answer of `following` is in the journal. */
  recorded(sent: SentStep): void {
    this.#outcomes?.remove(sent);
  }
}

function readAnswer(text: string | undefined): Answer | undefined {
  try {
    const answer: HostAnswer | undefined = text === undefined ? undefined : decodeHostAnswer(text);
    return answer?.kind === "HTTPResponse" ? answer : undefined;
  } catch {
    return undefined;
  }
}
