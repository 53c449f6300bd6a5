import { postgresPort } from "../../containers/service/ports.ts";
import type { ClusterPlan, LinkPlan, MemberPlan } from "./cluster-plan.ts";

/** The password of the user `postgres`. */
export const postgresPassword = "flawless";

/** How containers refer to each other. */
export type Addressing = "name" | "ip";

/** The URL of a member's port, as another member reaches it. */
export function urlFor(
  plan: ClusterPlan,
  from: MemberPlan,
  to: string,
  port: number,
  addressing: Addressing,
): string {
  const target = memberOf(plan, to);
  // From outside the network only published ports are reachable, and members outside it need those.
  const outside = from.where !== "container";
  if (outside) {
    return urlOn("localhost", port, hostPortOf(target, port));
  }
  const host = addressing === "ip" && target.address !== null ? target.address : target.name;
  return urlOn(host, port, port);
}

/** The database's URL includes its user and password, which protect nothing: only this machine can reach it. */
export function urlOn(host: string, portInside: number, port: number): string {
  return portInside === postgresPort
    ? `postgres://postgres:${postgresPassword}@${host}:${port}/postgres`
    : `http://${host}:${port}`;
}

/** The tickets of running members, by name. */
export type Tickets = ReadonlyMap<string, string>;

/**
 * All variables of a member.
 *
 * @param tickets of the members that it reaches by ticket
 */
export function environmentOf(
  plan: ClusterPlan,
  member: MemberPlan,
  addressing: Addressing,
  tickets: Tickets = new Map(),
): Readonly<Record<string, string>> {
  const links = member.links.map((link) => {
    const { variable, members, port, byTicket = false } = link;
    const values = members.map((to) => {
      if (byTicket) {
        return ticketOf(to, tickets);
      }
      return variable === "FLAWLESS_ADVERTISED_URL"
        ? advertisedUrl(plan, to, port, addressing)
        : urlFor(plan, member, to, port, addressing);
    });
    return [variable, values.join(",")];
  });
  return { ...member.environment, ...Object.fromEntries(links) };
}

/** The members whose tickets must be known first. */
export function reachedByTicket({ links }: MemberPlan): readonly string[] {
  return links.flatMap(({ byTicket = false, members }: LinkPlan) => (byTicket ? members : []));
}

function ticketOf(to: string, tickets: Tickets): string {
  const ticket = tickets.get(to);
  if (ticket === undefined) {
    throw new Error(`The ticket of ${to} is known only once it runs.`);
  }
  return ticket;
}

/** The URL that advertises a Flawless server to workers: one that they can reach. */
function advertisedUrl(
  plan: ClusterPlan,
  to: string,
  port: number,
  addressing: Addressing,
): string {
  const worker = plan.members.find(({ roles }) => roles.at(-1) === "worker");
  return urlFor(plan, worker ?? memberOf(plan, to), to, port, addressing);
}

/** The member with this name. */
export function memberOf(plan: ClusterPlan, name: string): MemberPlan {
  const member = plan.members.find((candidate) => candidate.name === name);
  if (member === undefined) {
    throw new Error(`There is no member ${name}.`);
  }
  return member;
}

function hostPortOf({ publishedPorts }: MemberPlan, port: number): number {
  return publishedPorts.find(({ container }) => container === port)?.host ?? port;
}
