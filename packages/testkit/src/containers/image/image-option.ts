/** Which image to use. */
export type ImageOption =
  /** On the public base where that is on this machine, else from scratch. */
  | "auto"
  /** Built from the Node of this process and its libraries: nothing is downloaded. Linux only. */
  | "scratch"
  | {
      /** A public Node image to build on, such as `node:26.10.0-slim`. It has to be on this machine. */
      readonly base: string;
      /** Whether it may be downloaded. Default false. */
      readonly pull?: boolean | undefined;
    }
  | {
      /** An image that is there already, used as it is. */
      readonly name: string;
    };
