// What changed in the schema since the last commit: additions are free, what breaks clients is not.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const PATH = "schema/schema.graphql";
const git = (...args) => execFileSync("git", args, { cwd: "../..", encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "ignore"] });

let before;
try {
  // Of a clean tree the commit before; else the commit on which this work stands.
  const isClean = git("status", "--porcelain", "--", PATH).trim() === "";
  before = git("show", `${isClean ? "HEAD~1" : "HEAD"}:${PATH}`);
} catch {
  console.log("there is no earlier schema to compare with");
  process.exit(0);
}
const changes = await diff(buildSchema(before), buildSchema(readFileSync(`../../${PATH}`, "utf8")));
const announced = new Set(
  readFileSync("../../schema/CHANGELOG.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("* breaking: "))
    .map((line) => line.slice("* breaking: ".length).split(" ")[0]),
);
let breaking = 0;
for (const change of changes) {
  const isBreaking = change.criticality.level === CriticalityLevel.Breaking;
  const isAnnounced = announced.has(change.path);
  if (isBreaking && !isAnnounced) breaking += 1;
  if (isBreaking) console.log(`${isAnnounced ? "announced" : "BREAKING"}: ${change.path}: ${change.message}`);
}
console.log(`${changes.length} changes since then, ${breaking} of them break clients and are not announced in schema/CHANGELOG.md`);
process.exit(breaking === 0 ? 0 : 1);
