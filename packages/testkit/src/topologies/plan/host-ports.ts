import type { ClusterPlan } from "./cluster-plan.ts";

/** The same plan with other ports on the host; each is requested in turn. */
export async function withHostPorts(
  plan: ClusterPlan,
  pick: (used: ReadonlySet<number>) => Promise<number>,
): Promise<ClusterPlan> {
  const used = new Set<number>();
  const members = [];
  for (const member of plan.members) {
    const publishedPorts = [];
    for (const { container } of member.publishedPorts) {
      const host = await pick(used);
      used.add(host);
      publishedPorts.push({ container, host });
    }
    members.push({ ...member, publishedPorts });
  }
  return { ...plan, members };
}
