/** The paths in our image. */
export const imagePaths = {
  node: "/usr/local/bin/node",
  /** The folder with `node_modules` and the entrypoint. */
  app: "/opt/flawless-ts",
  entrypoint: "/opt/flawless-ts/entrypoint/main.js",
  /** The original server, in images that have it. */
  originalServer: "/opt/flawless/flawless",
  /** The volume. */
  data: "/data",
} as const;

/** The user that runs everything in our image. */
export const imageUser = 10_001;

/** Exits with 0 once all roles are healthy. Append the milliseconds to wait. */
export const waitCommand: readonly string[] = [imagePaths.node, imagePaths.entrypoint, "--wait"];

/** Prints the health of the Flawless server behind a ticket. Append the ticket. */
export const askTicketCommand: readonly string[] = [
  imagePaths.node,
  imagePaths.entrypoint,
  "--ask",
];
