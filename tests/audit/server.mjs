// The audit of GraphQL over HTTP by the makers of that standard: no MUST may fail.
import { auditServer } from "graphql-http";

const url = process.argv[2] ?? "http://127.0.0.1:8080/graphql";
const results = await auditServer({ url, fetchFn: fetch });
const failed = { error: [], warn: [], notice: [] };
let passed = 0;
for (const result of results) {
  if (result.status === "ok") passed += 1;
  else failed[result.status].push(`${result.name}: ${result.reason}`);
}
console.log(`${passed} of ${results.length} hold; MUST ${failed.error.length}, SHOULD ${failed.warn.length}, MAY ${failed.notice.length} do not`);
for (const [level, lines] of Object.entries(failed)) for (const line of lines) console.log(`${level}: ${line}`);
process.exit(failed.error.length === 0 ? 0 : 1);
