import { stringify } from "yaml";
import { publicPostgres } from "../../containers/postgres/public-postgres.ts";
import type { ClusterPlan, MemberPlan } from "../plan/cluster-plan.ts";
import { type Addressing, environmentOf } from "../plan/links.ts";
import { traitsOf } from "../plan/topology.ts";

/** Options of {@link composeFile}. */
export interface ComposeOptions {
  /** How containers refer to each other. Default `name`. */
  readonly addressing?: Addressing | undefined;
  /** The image. Default `${FLAWLESS_TS_IMAGE:-flawless-ts:latest}`, which Compose reads from the environment. */
  readonly image?: string | undefined;
}

/** The public image. Since version 18 its volume is at `/var/lib/postgresql`. */
const postgresImage = `\${FLAWLESS_POSTGRES_IMAGE:-${publicPostgres}}`;
const postgresCheck = {
  test: ["CMD", "pg_isready", "--host", "localhost", "--username", "postgres"],
  interval: "2s",
  timeout: "2s",
  retries: 30,
} as const;
const networkName = "mvm-ci";
/** The variables through which our image takes more arguments for each role. */
const argumentVariables = {
  flawless: "FLAWLESS_ARGS",
  "control-plane": "CONTROL_PLANE_ARGS",
  worker: "WORKER_ARGS",
} as const;

/**
 * A cluster as a file for Docker Compose, with the same containers, variables, addresses and ports as those of
 * `Cluster.start`. Workers that are processes on the host are in it as commands, in comments.
 *
 * @returns YAML; null if the cluster has no containers, and with `ticket`, because a ticket is unknown until its
 * node runs
 */
export function composeFile(plan: ClusterPlan, options: ComposeOptions = {}): string | null {
  if (plan.network === null || plan.workersNetwork !== null) {
    return null;
  }
  const { addressing = "name", image = "${FLAWLESS_TS_IMAGE:-flawless-ts:latest}" } = options;
  const contained = plan.members.filter(({ where }) => where === "container");
  const volumes = contained.flatMap(({ volume }) => (volume === null ? [] : [volume]));
  const document = {
    services: Object.fromEntries(
      contained.map((member) => [member.name, serviceOf(plan, member, addressing, image)]),
    ),
    networks: {
      [networkName]: { ipam: { config: [{ subnet: plan.network.subnet }] } },
    },
    ...(volumes.length === 0
      ? {}
      : { volumes: Object.fromEntries(volumes.map((name) => [name, {}])) }),
  };
  const comment = [
    `${plan.topology}: ${traitsOf[plan.topology].summary}`,
    "Made from the description that the testkit's clusters are started from; do not edit it by hand.",
    ...hostCommands(plan, addressing),
  ];
  const yaml = stringify(document, { lineWidth: 0 });
  return `${comment.map((line) => `# ${line}`.trimEnd()).join("\n")}\n${yaml}`;
}

function serviceOf(
  plan: ClusterPlan,
  member: MemberPlan,
  addressing: Addressing,
  image: string,
): object {
  const { roles, address, publishedPorts, volume, dependsOn } = member;
  const isDatabase = roles.includes("postgres");
  return {
    image: isDatabase ? postgresImage : image,
    // Workers survive crashes, as their crash tests show, only if something restarts them.
    restart: "unless-stopped",
    init: false,
    command: [...roles, ...(member.args.postgres ?? [])],
    ...(isDatabase ? { healthcheck: postgresCheck } : {}),
    environment: { ...environmentOf(plan, member, addressing), ...argumentsOf(member) },
    networks: { [networkName]: address === null ? {} : { ipv4_address: address } },
    ...(publishedPorts.length === 0
      ? {}
      : {
          ports: publishedPorts.map(({ container, host }) => `127.0.0.1:${host}:${container}`),
        }),
    ...(volume === null
      ? {}
      : { volumes: [`${volume}:${isDatabase ? "/var/lib/postgresql" : "/data"}`] }),
    ...(dependsOn.length === 0
      ? {}
      : {
          depends_on: Object.fromEntries(
            dependsOn.map((name) => [name, { condition: "service_healthy" }]),
          ),
        }),
  };
}

function argumentsOf({ args }: MemberPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(argumentVariables).flatMap(([role, variable]) => {
      const given = args[role as keyof typeof argumentVariables] ?? [];
      return given.length === 0 ? [] : [[variable, JSON.stringify(given)]];
    }),
  );
}

function hostCommands(plan: ClusterPlan, addressing: Addressing): readonly string[] {
  const commands = plan.members
    .filter(({ where }) => where === "host-process")
    .map((member) => {
      const variables = Object.entries(environmentOf(plan, member, addressing));
      const words = variables.map(([name, value]) => `${name}=${value}`);
      return [
        ...words,
        "npx @flawless-ts/control-plane worker",
        ...(member.args.worker ?? []),
      ].join(" ");
    });
  return commands.length === 0 ? [] : ["", "The workers, on the host:", ...commands];
}
