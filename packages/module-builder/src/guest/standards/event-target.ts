/** The options of an event. */
export interface EventOptions {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

let stopped: (event: Event) => boolean;
let begin: (event: Event, target: EventTarget) => void;
let setPassive: (event: Event, isPassive: boolean) => void;
let end: (event: Event) => void;

/** The standard's `Event`. Targets are never nested, so an event has only one target. */
export class Event {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;
  readonly type: string;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly isTrusted: boolean = false;
  readonly timeStamp: number = 0;
  #target: EventTarget | null = null;
  #isDispatched = false;
  #isPrevented = false;
  #isPassive = false;
  #isStopped = false;

  static {
    stopped = (event) => event.#isStopped;
    begin = (event, target) => {
      if (event.#isDispatched) {
        throw new DOMException("the event is being dispatched already", "InvalidStateError");
      }
      event.#isDispatched = true;
      event.#target = target;
    };
    setPassive = (event, isPassive) => {
      event.#isPassive = isPassive;
    };
    end = (event) => {
      event.#isDispatched = false;
      event.#isStopped = false;
    };
  }

  constructor(type: string, options: EventOptions = {}) {
    if (arguments.length === 0) throw new TypeError("expected an event's type");
    const { bubbles = false, cancelable = false, composed = false } = options ?? {};
    this.type = String(type);
    this.bubbles = Boolean(bubbles);
    this.cancelable = Boolean(cancelable);
    this.composed = Boolean(composed);
  }

  get target(): EventTarget | null {
    return this.#target;
  }

  get srcElement(): EventTarget | null {
    return this.#target;
  }

  get currentTarget(): EventTarget | null {
    return this.#isDispatched ? this.#target : null;
  }

  get eventPhase(): number {
    return this.#isDispatched ? Event.AT_TARGET : Event.NONE;
  }

  get defaultPrevented(): boolean {
    return this.#isPrevented;
  }

  composedPath(): EventTarget[] {
    return this.#isDispatched && this.#target !== null ? [this.#target] : [];
  }

  preventDefault(): void {
    if (this.cancelable && !this.#isPassive) this.#isPrevented = true;
  }

  stopPropagation(): void {
    // There are no other targets.
  }

  stopImmediatePropagation(): void {
    this.#isStopped = true;
  }
}

/** The standard's `CustomEvent`. */
export class CustomEvent extends Event {
  readonly detail: unknown;

  constructor(type: string, options: EventOptions & { readonly detail?: unknown } = {}) {
    super(type, options);
    this.detail = options?.detail ?? null;
  }
}

type Callback = ((event: Event) => void) | { handleEvent(event: Event): void };

interface Listener {
  readonly callback: Callback;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
}

/** The options of a listener. */
export interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: {
    readonly aborted: boolean;
    addEventListener(type: string, callback: () => void): void;
  };
}

/** The standard's `EventTarget`. */
export class EventTarget {
  readonly #listeners = new Map<string, Listener[]>();

  addEventListener(
    type: string,
    callback: Callback | null,
    options?: boolean | ListenerOptions,
  ): void {
    const given = typeof options === "object" && options !== null ? options : {};
    const { once = false, passive = false, signal } = given;
    const capture = captureOf(options);
    if (callback === null || callback === undefined || signal?.aborted) return;
    if (typeof callback !== "function" && typeof callback !== "object") {
      throw new TypeError(`expected a function that listens, but got ${String(callback)}`);
    }
    const key = String(type);
    const listeners = this.#listeners.get(key) ?? [];
    if (listeners.some((each) => each.callback === callback && each.capture === capture)) return;
    listeners.push({ callback, capture, once, passive, removed: false });
    this.#listeners.set(key, listeners);
    signal?.addEventListener("abort", () => this.removeEventListener(key, callback, capture));
  }

  removeEventListener(
    type: string,
    callback: Callback | null,
    options?: boolean | ListenerOptions,
  ): void {
    const capture = captureOf(options);
    const listeners = this.#listeners.get(String(type)) ?? [];
    const index = listeners.findIndex(
      (each) => each.callback === callback && each.capture === capture,
    );
    const [removed] = index < 0 ? [] : listeners.splice(index, 1);
    if (removed !== undefined) removed.removed = true;
  }

  /** A listener's error doesn't affect other listeners; it is an unhandled rejection. */
  dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) throw new TypeError("expected an Event to dispatch");
    begin(event, this);
    for (const listener of [...(this.#listeners.get(event.type) ?? [])]) {
      if (listener.removed) continue;
      if (listener.once) this.removeEventListener(event.type, listener.callback, listener.capture);
      setPassive(event, listener.passive);
      try {
        if (typeof listener.callback === "function") listener.callback.call(this, event);
        else listener.callback.handleEvent(event);
      } catch (error) {
        void Promise.reject(error);
      }
      setPassive(event, false);
      if (stopped(event)) break;
    }
    end(event);
    return !event.defaultPrevented;
  }
}

function captureOf(options: boolean | ListenerOptions | undefined): boolean {
  return Boolean(typeof options === "object" && options !== null ? options.capture : options);
}
