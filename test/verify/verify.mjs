// Checks synthesized templates as AWS would, without AWS; run by `make verify`:
//
//	node verify.mjs <cfn-lint> <scratch folder> <template>...
//
// cfn-lint holds them against the resource schemas and the documented limits; cdk-nag and CloudFormation Validate
// hold them against AWS's rules. What they find is in cfnlintrc.yaml or accepted.mjs with its reason, or it fails.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { accepted } from "./accepted.mjs";
import { findingsIn } from "./findings.mjs";
import { judge } from "./judge.mjs";
import { lint } from "./lint.mjs";

const planted = fileURLToPath(new URL("testdata/planted.template.json", import.meta.url));
// What has to object to the planted template: each set of rules.
const objectors = [/^CloudFormation Validate F3002/, /^AwsSolutions-S2/, /^NIST\.800\.53\.R5-S3BucketLevelPublicAccessProhibited/];

const [cfnLint, scratch, ...templates] = process.argv.slice(2);
let failures = 0;

function report(check, failed, passed) {
  failures += failed.length;
  console.log(failed.length ? `FAIL ${check}\n     ${failed.join("\n     ")}` : `ok   ${check}: ${passed}`);
}

report("cfn-lint", await lint(cfnLint, templates), "no error, no warning");

const findings = await findingsIn(templates, join(scratch, "templates"));
report("AWS's rules", judge(findings, accepted), `${findings.length} findings, each accepted with its reason`);

const missed = (await lint(cfnLint, [planted])).some((line) => line.includes("E3002")) ? [] : ["cfn-lint: property that does not exist"];
const found = await findingsIn([planted], join(scratch, "planted"));
missed.push(...objectors.filter((rule) => !found.some((finding) => rule.test(finding.rule))));
report("planted defects", missed, "every tool and set of rules objected");

console.log(`verify: ${templates.length} templates, ${failures ? `${failures} failures` : "ok"}`);
process.exitCode = failures ? 1 : 0;
