import {
  decodeHostCall,
  encodeHostAnswer,
  submitErrorCodes,
  type HostCall,
  type HostCallOf,
} from "@flawless-ts/wasm-module";
import {
  getInput,
  getSecret,
  type LocalCallContext,
  log,
  replayDebug,
  timeNow,
} from "./local-calls/local-calls.ts";
import { random } from "./local-calls/random.ts";
import { stepLine } from "../journal/journal-line.ts";
import { inBodyForm, withUniformBody } from "./body-form.ts";
import {
  type CallLimits,
  excessOfCall,
  excessOfLength,
  excessOfText,
  excessOfUnrecorded,
} from "./call-limits.ts";
import { GuestRefused } from "./guest-refused.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { CountedCall, FromThread, GuestLog, GuestSettings, GuestStart } from "./messages.ts";
import { Replay } from "./replay.ts";

/** After so many calls without a wait, a guest yields to its neighbours and the journal. */
const callsBeforeYield = 500;
/** The same for the size of its unwritten journal lines, in characters. */
const charactersBeforeYield = 256 * 1024;
/** Max bytes of a UTF-16 code unit in UTF-8. */
const maxBytesOfCharacter = 3;
/** Stands in the journal for the answer to GetInput: the input is already stored with the workflow. */
const inputAnswer = "";

/** What a guest needs from the thread that it runs in. */
export interface GuestHost {
  post(message: FromThread): void;
  /** Records that the guest computes, and since when. */
  entered(guest: number): void;
  /** Counts a call that is made for the first time. */
  counts(kind: CountedCall): void;
  /** Records that no guest computes. */
  left(): void;
}

/** Answers one workflow's host calls, in one incarnation. It doesn't depend on WebAssembly.Instance. */
export class Guest implements LocalCallContext {
  readonly number: number;
  readonly seed: number | null;
  readonly secrets: Readonly<Record<string, string>>;
  readonly input: string;
  readonly workflowId: number;
  readonly run: number;
  readonly start: GuestStart;
  readonly #host: GuestHost;
  readonly #guestTime: GuestSettings["guestTime"];
  readonly #limits: CallLimits;
  readonly #replay: Replay;
  #memory: GuestMemory | undefined;
  #lines = "";
  #logs: GuestLog[] = [];
  #callsSinceWait = 0;
  #unrecordedCalls = 0;
  #callerPresent: boolean;
  #now: number;
  #suspension: PromiseWithResolvers<string | null> | undefined;
  #stopped: unknown;
  #panic: string | undefined;

  /** @throws Error if the journal's text is damaged */
  constructor(number: number, start: GuestStart, settings: GuestSettings, host: GuestHost) {
    this.number = number;
    this.start = start;
    this.input = start.input;
    this.workflowId = start.workflowId;
    this.run = start.run;
    this.seed = settings.seed;
    this.secrets = settings.secrets;
    this.#host = host;
    this.#guestTime = settings.guestTime;
    this.#limits = settings.callLimits;
    this.#replay = new Replay(start.journal);
    this.#callerPresent = start.callerPresent;
    this.#now = start.now;
  }

  get step(): number {
    return this.#replay.steps;
  }

  /** What the guest's panic hook logged, if it did. */
  get panic(): string | undefined {
    return this.#panic;
  }

  /** Why this guest was stopped: a replay mismatch, for example. */
  get stopped(): unknown {
    return this.#stopped;
  }

  now(): number {
    if (this.#guestTime === "given") {
      return this.#now;
    }
    return this.#guestTime === "system"
      ? Date.now()
      : Date.now() + Number(Atomics.load(this.#guestTime, 0));
  }

  log(entry: GuestLog): void {
    this.#logs.push(entry);
  }

  /** Must be called before the guest makes its first call. */
  connect(memory: GuestMemory): void {
    this.#memory = memory;
  }

  setCallerPresent(present: boolean): void {
    this.#callerPresent = present;
  }

  /** The import `wasabi.submit`. A promise suspends the guest until it is settled. */
  submit(
    inPointer: number,
    inLength: number,
    outPointer: number,
    outLength: number,
  ): number | Promise<number> {
    const memory = this.#memory;
    if (memory === undefined) {
      throw new Error("a module must not call the host while it is instantiated");
    }
    if (this.#stopped !== undefined) {
      // A guest that catches exceptions must not continue after the one that stopped it.
      throw this.#stopped;
    }
    this.#host.entered(this.number);
    const made = this.#read(memory, inPointer, inLength);
    if (made === undefined) {
      return this.#refuse();
    }
    if (!this.#replay.active) {
      this.#assertFits(excessOfText(made, this.#limits));
    }
    const { text, bodyForm } = withUniformBody(made);
    const answer = this.#answer(text);
    if (answer === undefined) {
      return this.#refuse();
    }
    const handOver = (given: string): number => {
      const spelled = inBodyForm(given, bodyForm);
      return spelled === undefined
        ? submitErrorCodes.OutputSerializationFailed
        : memory.writeAnswer(spelled, outPointer, outLength);
    };
    if (typeof answer === "string") {
      return handOver(answer);
    }
    this.#callsSinceWait = 0;
    this.#host.left();
    return answer.then((later) => {
      this.#host.entered(this.number);
      return handOver(later);
    });
  }

  /** Lets the guest continue after a wait (with the answer) or after a yield (null). */
  resume(answer: string | null, now: number): void {
    this.#now = now;
    const suspension = this.#suspension;
    this.#suspension = undefined;
    suspension?.resolve(answer);
  }

  /**
   * Fails the call in which the guest is suspended, and every later one, so that the guest ends. Otherwise V8 would
   * keep the stack of the suspended guest, and with it all of its memory, as long as the thread lives.
   */
  drop(): void {
    this.#stopped = new Error("the guest was dropped");
    if (this.#suspension !== undefined) {
      this.#host.entered(this.number);
      this.#suspension.reject(this.#stopped);
    }
  }

  /** What the guest did since the last call of this method. */
  takeNews(): { readonly lines: string; readonly logs: readonly GuestLog[] } {
    const news = { lines: this.#lines, logs: this.#logs };
    this.#lines = "";
    this.#logs = [];
    return news;
  }

  /** @throws ReplayMismatch if the journal continues although the guest has ended */
  end(what: string): void {
    this.#replay.end(what);
  }

  /** A call that can't be answered is not recorded: a replay refuses it again anyway. */
  #refuse(): number | Promise<number> {
    this.#countUnrecorded();
    const code = submitErrorCodes.InputDeserializationFailed;
    this.#callsSinceWait += 1;
    if (this.#callsSinceWait < callsBeforeYield) {
      return code;
    }
    return this.#yield("").then(() => {
      this.#host.entered(this.number);
      return code;
    });
  }

  #answer(text: string): string | Promise<string> | undefined {
    const recorded = this.#replay.active;
    if (!recorded || !this.#replay.expects(text)) {
      const call = decode(text);
      if (call === undefined) {
        return undefined;
      }
      if (call.kind === "ReplayDebug") {
        this.#countUnrecorded();
        return this.#throttle(replayDebug(call, this, recorded));
      }
      if (!recorded) {
        return this.#answerNew(call, text);
      }
    }
    return this.#answerRecorded(text);
  }

  #answerRecorded(text: string): string | Promise<string> | undefined {
    let record;
    try {
      record = this.#replay.next(text);
    } catch (error) {
      this.#stopped = error;
      throw error;
    }
    if (text.startsWith('{"Log":{"Error"')) {
      this.#notePanic(decode(text));
    }
    if (record?.answer == null) {
      return this.#wait(text, record?.detail ?? null, record?.at ?? null);
    }
    return this.#throttle(record.answer === inputAnswer ? getInput(this) : record.answer);
  }

  #answerNew(call: HostCallOf<CountedCall>, text: string): string | Promise<string> {
    this.#assertFits(excessOfCall(call, this.#limits));
    this.#replay.next(text);
    this.#host.counts(call.kind);
    if (call.kind === "SendResponse") {
      return this.#throttle(this.#respond(text, call.json));
    }
    const answer = this.#answerLocally(call);
    if (answer === undefined) {
      return this.#wait(text, null, null);
    }
    this.#lines += stepLine(this.now(), text, call.kind === "GetInput" ? inputAnswer : answer);
    return this.#throttle(answer);
  }

  #answerLocally(call: HostCall): string | undefined {
    switch (call.kind) {
      case "GetInput":
        return getInput(this);
      case "Random":
        return random(call, this);
      case "TimeNow":
        return timeNow(this);
      case "GetSecret":
        return getSecret(call, this);
      case "Log":
        this.#notePanic(call);
        return log(call, this);
      default:
        return undefined;
    }
  }

  #read(memory: GuestMemory, pointer: number, length: number): string | undefined {
    const bytes = length >>> 0;
    const isLong = bytes > this.#limits.callCharacters;
    // What is already in the journal was allowed when it was written.
    if (isLong && !this.#replay.active && bytes <= memory.size) {
      this.#assertFits(excessOfLength(bytes / maxBytesOfCharacter, this.#limits));
    }
    return memory.readText(pointer, length);
  }

  /** Ends the guest if a limit is exceeded, before its call reaches the thread that all workflows share. */
  #assertFits(excess: string | undefined): void {
    if (excess !== undefined) {
      this.#stop(new GuestRefused("CALL_LIMIT", `the workflow made ${excess}`));
    }
  }

  /** Without this, unrecorded calls could go on forever: each one gives the guest more time to compute. */
  #countUnrecorded(): void {
    this.#unrecordedCalls += 1;
    this.#assertFits(excessOfUnrecorded(this.#unrecordedCalls, this.#limits));
  }

  #stop(reason: Error): never {
    this.#stopped = reason;
    throw reason;
  }

  /** The engine delivers the response once it is durable; the guest need not wait for that. */
  #respond(text: string, response: string): string {
    const { textCharacters } = this.#limits;
    if (response.length > textCharacters) {
      const message = `the workflow's response has ${response.length} characters; the limit textCharacters allows ${textCharacters}`;
      this.#stop(new GuestRefused("RESPONSE_LIMIT", message));
    }
    const answer = encodeHostAnswer({ kind: "ResponseSent", sent: this.#callerPresent });
    this.#lines += stepLine(this.now(), text, answer);
    this.#callerPresent = false;
    this.#host.post({ type: "responds", guest: this.number, ...this.takeNews(), response });
    return answer;
  }

  #wait(call: string, detail: string | null, madeAt: number | null): Promise<string> {
    const news = this.takeNews();
    this.#host.post({ type: "waits", guest: this.number, ...news, call, detail, madeAt });
    return this.#suspended().then((answer) => answer ?? "");
  }

  #throttle(answer: string): string | Promise<string> {
    this.#callsSinceWait += 1;
    if (this.#callsSinceWait < callsBeforeYield && this.#lines.length < charactersBeforeYield) {
      return answer;
    }
    return this.#yield(answer);
  }

  #yield(answer: string): Promise<string> {
    this.#host.post({ type: "yields", guest: this.number, ...this.takeNews() });
    return this.#suspended().then(() => answer);
  }

  #suspended(): Promise<string | null> {
    this.#suspension = Promise.withResolvers();
    return this.#suspension.promise;
  }

  /** The panic hook of the `flawless` crate logs what happened just before the guest traps. */
  #notePanic(call: HostCall | undefined): void {
    if (
      call?.kind === "Log" &&
      call.level === "Error" &&
      /^workflow '.*' panicked/s.test(call.message)
    ) {
      this.#panic = call.message;
    }
  }
}

function decode(text: string): HostCall | undefined {
  try {
    return decodeHostCall(text);
  } catch {
    return undefined;
  }
}
