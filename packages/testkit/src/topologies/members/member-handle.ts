/** The running part of a cluster's member. Disposing of it kills it, with everything that belongs to it. */
export interface MemberHandle extends AsyncDisposable {
  /** Settled when it is ready. */
  ready(): Promise<void>;
  /** Kills it like `kill -9`. */
  kill(): Promise<void>;
  /** Stops it gracefully. It can be restarted. */
  stop(): Promise<void>;
  /** Restarts it with its data, its ports and its addresses; it is ready when this resolves. */
  restart(): Promise<void>;
  /** Cuts it off: nothing comes in or goes out. */
  disconnect(): Promise<void>;
  /** Undoes `disconnect`. */
  connect(): Promise<void>;
  /** Pauses it, with everything that belongs to it: it keeps its connections but doesn't respond. */
  pause(): Promise<void>;
  /** Lets it continue. */
  resume(): Promise<void>;
  /** Its log. */
  readLog(): Promise<string>;
  /** Requests a URL as this member would. */
  ask(url: string): Promise<UrlAnswer>;
}

/** The result of requesting a URL: a response, or what went wrong. */
export type UrlAnswer =
  | { readonly status: number; readonly text: string }
  | { readonly code: string; readonly message: string };
