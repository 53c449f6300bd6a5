/** Which image to use. */
export type ImageOption =
  /** On the public base if that is on this machine, otherwise from scratch. */
  | "auto"
  /** Built from this process's Node and its libraries, without downloads. Linux only. */
  | "scratch"
  | {
      /** A public Node image to build on, such as `node:26.10.0-slim`. It must be on this machine. */
      readonly base: string;
      /** Whether it may be downloaded. Default false. */
      readonly pull?: boolean | undefined;
    }
  | {
      /** An existing image, used as it is. */
      readonly name: string;
    };
