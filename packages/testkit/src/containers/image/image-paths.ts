/** Where things are in our image. */
export const imagePaths = {
  node: "/usr/local/bin/node",
  /** `node_modules` and the entrypoint are in here. */
  app: "/opt/flawless-ts",
  entrypoint: "/opt/flawless-ts/entrypoint/main.js",
  /** Where an image with the original server has it. */
  originalServer: "/opt/flawless/flawless",
  /** The volume. */
  data: "/data",
} as const;

/** Who runs everything in our image. */
export const imageUser = 10_001;

/** Ends with 0 when all roles are well; the milliseconds to wait follow. */
export const waitCommand: readonly string[] = [imagePaths.node, imagePaths.entrypoint, "--wait"];

/** Prints what the Flawless server behind a ticket, which follows, says of itself. */
export const askTicketCommand: readonly string[] = [
  imagePaths.node,
  imagePaths.entrypoint,
  "--ask",
];
