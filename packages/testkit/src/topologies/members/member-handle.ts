/** What was started for a member of a cluster. Disposing of it ends it at once, with all that it has. */
export interface MemberHandle extends AsyncDisposable {
  /** Settled when it is ready. */
  ready(): Promise<void>;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** Ends it in order. It can be started again. */
  stop(): Promise<void>;
  /** Starts it again with its data, its ports and its addresses; it is ready when this resolves. */
  restart(): Promise<void>;
  /** Cuts it off: nothing comes in or goes out. */
  disconnect(): Promise<void>;
  /** Ends that. */
  connect(): Promise<void>;
  /** Halts it, with all that it has: it keeps its connections, and answers nothing. */
  pause(): Promise<void>;
  /** Lets it continue. */
  resume(): Promise<void>;
  /** What it has logged. */
  readLog(): Promise<string>;
  /** Asks a URL as this member would. */
  ask(url: string): Promise<UrlAnswer>;
}

/** What came of asking a URL: an answer, or what went wrong. */
export type UrlAnswer =
  | { readonly status: number; readonly text: string }
  | { readonly code: string; readonly message: string };
