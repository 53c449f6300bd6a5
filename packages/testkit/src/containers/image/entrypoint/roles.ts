/** A program that the container runs. */
export type RoleName = "flawless" | "control-plane" | "worker";

/** How to check that a role is healthy. */
export interface RoleQuestion {
  readonly url: string;
  readonly token: string | null;
  /**
   * The URL to use if the first is unknown to the server, or nothing responds: the original server has no health route,
   * and one of several control planes may be down.
   */
  readonly elseUrl: string | null;
  /** If `url` is a ticket: the worker to ask the control plane behind it about. */
  readonly byTicket?: string;
}

/** One role, as a process. */
export interface RoleCommand {
  readonly role: RoleName;
  /** The program: a file for Node, unless it is an executable. */
  readonly file: string;
  readonly isProgram: boolean;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly question: RoleQuestion;
}

/** The container's variables. An empty one counts as missing. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A mistake in how the container was started; the message is for whoever started it. */
export class UsageError extends Error {}

const roleNames: readonly string[] = ["flawless", "control-plane", "worker"];
const scripts = {
  flawless: "/opt/flawless-ts/node_modules/@flawless-ts/server/bin/flawless.js",
  controlPlane: "/opt/flawless-ts/node_modules/@flawless-ts/control-plane/bin/control-plane.js",
} as const;

/**
 * Parses what the container runs, in the order in which it starts: `flawless`, `control-plane`, `worker`.
 *
 * @throws UsageError
 */
export function planRoles(
  names: readonly string[],
  variables: Variables,
  hostName: string,
): readonly RoleCommand[] {
  const unknown = names.find((name) => !roleNames.includes(name));
  if (names.length === 0 || unknown !== undefined || new Set(names).size < names.length) {
    throw new UsageError(
      `Expected one or more of ${roleNames.join(", ")}, each once, but got ${names.length === 0 ? "nothing" : names.join(" ")}.`,
    );
  }
  const read = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const bind = bindOf(read("FLAWLESS_BIND"));
  const httpPort = read("HTTP_PORT") ?? "3020";
  const here = {
    flawless: names.includes("flawless") ? `http://${bind.reach}:${bind.port}` : null,
    controlPlane: names.includes("control-plane") ? `http://127.0.0.1:${httpPort}` : null,
  };
  const plan: Readonly<Record<RoleName, () => RoleCommand>> = {
    flawless: () => flawless(read, bind),
    "control-plane": () => controlPlane(read, httpPort, here.flawless),
    worker: () => worker(read, hostName, here),
  };
  return (["flawless", "control-plane", "worker"] as const)
    .filter((role) => names.includes(role))
    .map((role) => plan[role]());
}

type Read = (name: string) => string | undefined;

interface Bind {
  readonly text: string;
  /** How this container itself reaches it. */
  readonly reach: string;
  readonly port: string;
}

function flawless(read: Read, bind: Bind): RoleCommand {
  const program = read("FLAWLESS_PROGRAM");
  const directory = read("FLAWLESS_WORKING_DIR") ?? "/data/flawless";
  const url = `http://${bind.reach}:${bind.port}`;
  return {
    role: "flawless",
    file: program ?? scripts.flawless,
    isProgram: program !== undefined,
    args: [
      "up",
      ...(read("FLAWLESS_JOURNAL") === undefined
        ? ["--working-dir", directory]
        : // The journal's URL may contain a password, which others would see among a process's arguments.
          nodeOfCluster(read)),
      ...["--bind", bind.text, ...extra(read, "FLAWLESS_ARGS")],
    ],
    environment: {},
    question: { url: `${url}/health`, token: null, elseUrl: `${url}/version` },
  };
}

/** The name of a cluster's node, and the address where the others reach it. */
function nodeOfCluster(read: Read): readonly string[] {
  const id = read("NODE_ID");
  const url = read("FLAWLESS_ADVERTISED_URL");
  return [
    ...(id === undefined ? [] : ["--node-id", id]),
    ...(url === undefined ? [] : ["--advertise-url", url]),
  ];
}

function controlPlane(read: Read, httpPort: string, flawlessHere: string | null): RoleCommand {
  const store = read("CONTROL_PLANE_STORE");
  const directory = read("CONTROL_PLANE_DATA_DIR") ?? "/data/control-plane";
  const args = extra(read, "CONTROL_PLANE_ARGS");
  const told = args.some((arg) => arg === "--no-flawless" || /^--flawless-url(=|$)/.test(arg));
  return {
    role: "control-plane",
    file: scripts.controlPlane,
    isProgram: false,
    args: [
      "up",
      // Its URL may contain a password, which others would see among a process's arguments.
      ...(store === undefined ? ["--data-dir", directory] : []),
      ...["--bind", `0.0.0.0:${httpPort}`],
      ...args,
    ],
    environment: told ? {} : { FLAWLESS_URL: flawlessUrl(read, "control-plane", flawlessHere) },
    question: { url: `http://127.0.0.1:${httpPort}/health`, token: null, elseUrl: null },
  };
}

function worker(
  read: Read,
  hostName: string,
  here: { readonly flawless: string | null; readonly controlPlane: string | null },
): RoleCommand {
  const ticket = read("CONTROL_PLANE_TICKET") ?? here.controlPlane;
  if (ticket === null) {
    throw new UsageError(
      "The worker needs CONTROL_PLANE_TICKET: the control plane's URL, such as http://mvm-ci-node1:3020.",
    );
  }
  const id = read("WORKER_ID") ?? hostName;
  const token = read("CONTROL_PLANE_TOKEN") ?? null;
  const [first = "", other] = ticket.split(",").map((url) => url.trim().replace(/\/+$/, ""));
  const byTicket = isTicket(first);
  const url = read("FLAWLESS_URL") ?? here.flawless;
  return {
    role: "worker",
    file: scripts.controlPlane,
    isProgram: false,
    args: ["worker", ...extra(read, "WORKER_ARGS")],
    environment: {
      // The control plane's ticket leads to its Flawless server, too.
      ...(byTicket && url === null ? {} : { FLAWLESS_URL: flawlessUrl(read, "worker", url) }),
      CONTROL_PLANE_TICKET: ticket,
      WORKER_ID: id,
    },
    question: byTicket
      ? { url: ticket, token, elseUrl: null, byTicket: id }
      : {
          url: `${first}/api/workers/${encodeURIComponent(id)}`,
          token,
          elseUrl: other === undefined ? null : `${other}/api/workers/${encodeURIComponent(id)}`,
        },
  };
}

/** As in the SDK's clients, which also accept a ticket without its scheme. */
function isTicket(text: string): boolean {
  return /^(?:iroh\+h3:|endpoint[a-z2-7]{52,}$)/i.test(text);
}

/** In a container the usual default, a server on localhost, makes sense only if that server is in it, too. */
function flawlessUrl(read: Read, role: RoleName, here: string | null): string {
  const url = read("FLAWLESS_URL") ?? here;
  if (url === null) {
    throw new UsageError(
      `The ${role} needs FLAWLESS_URL: no Flawless server runs in this container. Such as http://flawless:27288; or start the role flawless here, too.`,
    );
  }
  return url;
}

/** The default is the original's: only this container can reach it. */
function bindOf(text: string = "127.0.0.1:27288"): Bind {
  const [, host, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined || port === "0") {
    throw new UsageError(
      `FLAWLESS_BIND has to be ADDR:PORT, such as 0.0.0.0:27288, but it is ${JSON.stringify(text)}.`,
    );
  }
  const reach = host === "0.0.0.0" || host === "[::]" ? "127.0.0.1" : host;
  return { text, reach, port };
}

function extra(read: Read, name: string): readonly string[] {
  const text = read(name);
  if (text === undefined) {
    return [];
  }
  const value = parsed(text);
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw new UsageError(
      `${name} has to be a JSON array of texts, such as ["--log-level", "warn"], but it is ${text.slice(0, 200)}`,
    );
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
