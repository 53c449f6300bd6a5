/** The HTTP status in an error of Docker's API; undefined if there is none. */
export function statusCodeOf(error: unknown): number | undefined {
  if (typeof error === "object" && error !== null && "statusCode" in error) {
    return typeof error.statusCode === "number" ? error.statusCode : undefined;
  }
  return undefined;
}

const notFound = 404;
const conflict = 409;
const notModified = 304;

/**
 * Awaits an action that may be done already, such as a removal: if the object is gone, or going, that is no failure.
 */
export async function unlessGone(action: Promise<unknown>): Promise<void> {
  await action.catch((error: unknown) => {
    const status = statusCodeOf(error);
    if (status === notFound || status === notModified) {
      return;
    }
    if (status === conflict && /already in progress|is not running/.test(String(error))) {
      return;
    }
    throw error;
  });
}
