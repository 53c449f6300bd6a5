export { type Asset, type Assets, loadAssets, serveAssets } from "./assets.ts";
export {
  defaultEventStreamLimits,
  EventStream,
  type EventStreamLimits,
  type ServerSentEvent,
} from "./event-stream.ts";
export { EventStreams } from "./event-streams.ts";
export { acceptForms } from "./form-body.ts";
export { escapeHtml, type Html, html, type HtmlValue, markupOf } from "./html.ts";
export {
  connectionStatus,
  type Page,
  type PageLink,
  renderPage,
  sendHtml,
  type Site,
} from "./layout.ts";
export { LiveView, type LiveViewOptions } from "./live-view.ts";
export { badge, cell, count, emptyRow, sum, tableHead, time, type Tone } from "./parts.ts";
export {
  diffRegions,
  piecesOf,
  type Region,
  type RegionPatch,
  type Regions,
  rowsOr,
  single,
} from "./patch.ts";
