import type { Completion } from "@flawless-ts/sdk";

/** How a workflow ended, after "it". */
export function completionText(completion: Completion): string {
  switch (completion.status) {
    case "completed":
      return "completed";
    case "cancelled":
      return "was cancelled";
    case "failed":
      return `failed with ${completion.error.code}: ${completion.error.message}`;
  }
}
