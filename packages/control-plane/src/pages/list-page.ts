import type { FastifyReply } from "fastify";
import type { Queue } from "../queue/queue.ts";
import type { Job } from "../queue/types.ts";
import { escapeHtml } from "./html.ts";

const mostJobs = 200;

/** Answers with the page that lists the newest jobs. */
export async function sendListPage(reply: FastifyReply, queue: Queue): Promise<FastifyReply> {
  const jobs = await queue.newestJobs(mostJobs);
  return reply
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
    .send(listPage(jobs));
}

/** A page with a table of jobs, for browsers that run no scripts. */
export function listPage(jobs: readonly Job[]): string {
  const rows = jobs.map(
    ({ id, status, claimedBy, payload, error }) =>
      `<tr>${[id, status, claimedBy ?? "", error ?? payload].map((cell) => `<td>${escapeHtml(shown(cell))}</td>`).join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Jobs</title>
<style>body{font-family:sans-serif}table{border-collapse:collapse}td,th{padding:.25rem .5rem;text-align:left;overflow-wrap:anywhere}</style>
</head>
<body>
<h1>Jobs</h1>
<table>
<thead><tr><th>Job</th><th>State</th><th>Claimed by</th><th>Detail</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
