import { Http3Error } from "./http3-error.ts";
import type { HeaderField } from "./qpack.ts";

/** The parts of a request that HTTP/1.1 needs before its body. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HeaderField[];
}

const pseudoHeaders: ReadonlySet<string> = new Set([":method", ":scheme", ":authority", ":path"]);
/** Connection-specific headers, which HTTP/3 forbids. Source: RFC 9114, section 4.2. */
const connectionHeaders: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// oxlint-disable-next-line no-control-regex -- these are the characters that no value may have
const forbiddenInValues = /[\0\r\n]/;

/**
 * Checks a request's fields. Source: RFC 9114, section 4.3.1.
 *
 * @throws Http3Error `H3_MESSAGE_ERROR`
 */
export function requestHeadOf(fields: readonly HeaderField[]): RequestHead {
  const pseudo = new Map<string, string>();
  const headers: HeaderField[] = [];
  for (const [name, value] of fields) {
    if (forbiddenInValues.test(value)) throw malformed("a header has a line end in its value");
    if (name.startsWith(":")) {
      if (!pseudoHeaders.has(name) || pseudo.has(name) || headers.length > 0) {
        throw malformed(`the pseudo-header ${JSON.stringify(name)} is unknown, repeated or late`);
      }
      pseudo.set(name, value);
    } else if (!token.test(name) || connectionHeaders.has(name)) {
      throw malformed(`the header ${JSON.stringify(name)} is not allowed`);
    } else {
      headers.push([name, value]);
    }
  }
  const [method = "", path = ""] = [pseudo.get(":method"), pseudo.get(":path")];
  if (!pseudo.has(":scheme") || !/^[A-Z]+$/.test(method) || !/^\/[!-~]*$/.test(path)) {
    throw malformed("a request needs :method, :scheme and a :path that begins with a slash");
  }
  // The requested host doesn't matter here, because the endpoint was dialed by its key. A name other than this
  // machine's would look like a web page's attempt to get access.
  const rest = headers.filter(([name]) => name !== "host");
  return { method, path, headers: [["host", "localhost"], ...rest] };
}

function malformed(message: string): Http3Error {
  return new Http3Error("H3_MESSAGE_ERROR", message);
}
