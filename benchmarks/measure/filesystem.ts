/**
 * The type of the file system that holds a path.
 *
 * @param mounts the text of /proc/self/mounts (proc_pid_mounts(5), fstab(5)): device, mount point, type, options
 * @returns `unknown` if it is not in the text
 */
export function filesystemOf(path: string, mounts: string): string {
  let longest = "";
  let found = "unknown";
  for (const line of mounts.split("\n")) {
    const [, escapedPoint, type] = line.split(" ");
    if (escapedPoint === undefined || type === undefined) {
      continue;
    }
    const point = unescapeOctal(escapedPoint);
    const holds = path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
    // If there are several mounts on the same point, the last one is visible.
    if (holds && point.length >= longest.length) {
      longest = point;
      found = type;
    }
  }
  return found;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
