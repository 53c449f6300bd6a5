/** Error codes of HTTP/3 and QPACK that this program sends. Source: RFC 9114, section 8.1; RFC 9204, section 6. */
export const http3Codes = {
  H3_NO_ERROR: 0x100n,
  H3_STREAM_CREATION_ERROR: 0x103n,
  H3_CLOSED_CRITICAL_STREAM: 0x104n,
  H3_FRAME_UNEXPECTED: 0x105n,
  H3_FRAME_ERROR: 0x106n,
  H3_EXCESSIVE_LOAD: 0x107n,
  H3_MISSING_SETTINGS: 0x10an,
  H3_REQUEST_CANCELLED: 0x10cn,
  H3_REQUEST_INCOMPLETE: 0x10dn,
  H3_MESSAGE_ERROR: 0x10en,
  QPACK_DECOMPRESSION_FAILED: 0x200n,
} as const;

/** Thrown if a peer violates HTTP/3. */
export class Http3Error extends Error {
  readonly code: keyof typeof http3Codes;

  constructor(code: keyof typeof http3Codes, message: string) {
    super(message);
    this.name = "Http3Error";
    this.code = code;
  }

  /** Whether the whole connection must end, not only the stream. Source: RFC 9114, sections 4.1.2 and 8. */
  get endsConnection(): boolean {
    return this.code !== "H3_MESSAGE_ERROR" && this.code !== "H3_REQUEST_INCOMPLETE";
  }
}
