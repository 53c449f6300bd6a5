/**
 * Texts that are common in journals, so that even their first occurrence in a journal takes only three bytes. Packed
 * texts refer to positions in this dictionary, so nothing in it may ever change. A better dictionary would be added
 * beside it, with its own number.
 */
export const dictionary: string = [
  // Headers of HTTP requests and responses.
  '["access-control-allow-origin","*"],["access-control-allow-credentials","true"],["access-control-expose-headers","',
  '["strict-transport-security","max-age=31536000; includeSubDomains; preload"],["x-content-type-options","nosniff"],["x-frame-options","DENY"],',
  '["x-xss-protection","0"],["referrer-policy","strict-origin-when-cross-origin"],["content-security-policy","default-src \'none\'"],',
  '["x-powered-by","Express"],["x-request-id","x-ratelimit-limit","["x-ratelimit-remaining","["x-ratelimit-reset","["retry-after","',
  '["via","1.1 ["age","["alt-svc","h3=\\":443\\"; ma=86400"],["set-cookie","; Path=/; HttpOnly; Secure; SameSite=Lax',
  '["location","https://["last-modified","["expires","["pragma","no-cache"],["server","nginx"],["server","cloudflare"],["cf-ray","',
  '["cache-control","no-cache, no-store, must-revalidate"],["cache-control","max-age=0, private, must-revalidate"],["cache-control","public, max-age=',
  '["vary","Accept-Encoding, Origin"],["etag","W/\\"["transfer-encoding","chunked"],["content-encoding","gzip"],',
  '["authorization","Bearer ["accept","application/json"],["user-agent","["accept-encoding","gzip, deflate, br"],["idempotency-key","',
  '["content-type","text/html; charset=utf-8"],["content-type","text/plain; charset=utf-8"],["content-type","application/x-www-form-urlencoded"],',
  '["content-type","application/json"],["content-type","application/json; charset=utf-8"],',
  // Errors of requests.
  '{"HTTPResponse":{"Err":{"kind":"Timeout","message":"{"Transport":{"kind":"ConnectionFailed","message":"Dns"TooManyRedirects"InvalidUrl"RequestInterrupted"Io"',
  '{"BadStatus":{"status_code":404,"status_code":500,"status_code":503,"status_code":201,"status_code":204,',
  // Common values in JSON.
  '{"id":"","name":"","type":"","status":"","message":"","value":null,"data":{"items":[{"error":{"code":"false,"result":true},"amount":',
  '"created_at":"2026-"updated_at":"2027-T00:00:00.000Z","email":"@example.com","url":"https://www.https://api."currency":"EUR","customer":"order',
  // The same inside JSON strings.
  '{\\"id\\":\\"","\\"name\\":\\"\\",\\"type\\":\\"\\",\\"status\\":\\"\\"},{\\"value\\":null,\\"ok\\":true,\\"error\\":false,\\"message\\":\\"',
  // Requests to the host itself, whose bodies are JSON.
  '"headers":[["content-type","application/json"]],"body":"{"id":"wf_","workflow":"","input":{"labels":{"state":{"name":"","attempt":1,"retry":{"maxAttempts":',
  '"body":"{"number":1,"kind":"result","id":"{"number":1,"kind":"http","request":{"{"number":1,"kind":"activity","name":"","input":{"timeoutMs":{"number":1,"kind":"sleep","ms":',
  '"method":"POST","url":"flawless:v1/abort","url":"flawless:v1/cancel","url":"flawless:v1/continue","url":"flawless:v1/fail","url":"flawless:v1/info","url":"flawless:v1/labels",',
  '"url":"flawless:v1/reply","url":"flawless:v1/send","url":"flawless:v1/start","url":"flawless:v1/state","url":"flawless:v1/terminate","url":"flawless:v1/begin","url":"flawless:v1/run","url":"flawless:v1/wait",',
  '{"operations":[1],"timeoutMs":null}{"operation":1,"result":{"ok":{"value":{"error":{"code":"","message":"{"operation":null}',
  // Host calls of workflows, as in journal lines.
  '\t{"StartWorkflow":["","null"]}\t{"WorkflowStarted":{"id":"',
  '\t{"RecvMessage":[{"secs":60,"nanos":0},["cancel\t{"RecvMessage":[null,["approve"]]}\tnone\nR\t17',
  '\t{"Message":["","{\\"by\\":\\"","null"]}\n\t"Timeout"\n',
  '\t{"GetSecret":"\t{"Secret":"\t{"Value":{"String":"\t{"Value":{"Bool":true}}\n',
  '\t{"Random":{"Bool":false}}\t{"Random":{"F64":0.0}}\t{"Value":{"F64":0.\t{"Random":{"I32":0}}\t{"Value":{"I32":',
  '\t{"Log":{"Error":"\t{"Log":{"Warn":"\t{"Log":{"Debug":"\t{"Log":{"Info":""}}\t"Unit"\nS\t17',
  '\t{"Sleep":{"secs":1,"nanos":0}}\t17\nR\t17\t"Unit"\n',
  '\t{"Random":{"I64":0}}\t{"Value":{"I64":-',
  '\t"TimeNow"\t{"Time":{"secs_since_epoch":17,"nanos_since_epoch":000000}}\nS\t17',
  '\t{"HTTPRequest":{"config":{"idempotent":true,"timeout":{"secs":30,"nanos":0},"method":"POST","url":"http://127.0.0.1:","method":"PUT","method":"DELETE","method":"PATCH",',
  '\t{"HTTPRequest":{"config":{"idempotent":false,"timeout":{"secs":120,"nanos":0},"response_body_limit":10000000},"method":"GET","url":"https://","headers":[],"body":""}}\tsent\nR\t17',
  '\t{"HTTPResponse":{"Ok":{"status_code":200,"url":"http://localhost:","headers":[["date","Mon, 01 Jan 2027 00:00:00 GMT"],["connection","keep-alive"],["keep-alive","timeout=5"],["content-length","2"]],"body":"="}}}\nI\t17',
  "Tue, Wed, Thu, Fri, Sat, Sun, Feb 2026 Mar 2026 Apr 2026 May 2026 Jun 2026 Jul 2026 Aug 2026 Sep 2026 Oct 2026 Nov 2026 Dec 2026 ",
  '\nS\t17\t{"SendResponse":"{\\"\t{"SendResponse":"[{\\"\t{"SendResponse":"null"}\t{"ResponseSent":true}\n',
  'S\t17\t"GetInput"\t\nS\t17\t{"SendResponse":"',
  'S\t17\t"GetInput"\t\nI\t17',
].join("");
