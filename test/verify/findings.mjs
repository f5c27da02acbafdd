// What AWS's rules find in templates, as {template, resource, rule, description}.
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const rules = fileURLToPath(new URL("rules.mjs", import.meta.url));

/** Runs the rules over template files; `scratch` is a folder for what they write. */
export async function findingsIn(files, scratch) {
  await rm(scratch, { recursive: true, force: true }); // an old report must not pass for a new one
  const printed = await promisify(execFile)(process.execPath, [rules, scratch, ...files], { maxBuffer: Infinity }).catch((error) => error);
  const text = await readFile(join(scratch, "validation-report.json"), "utf8").catch(() => {
    throw new Error(`the rules did not run:\n${printed.stderr}`);
  });
  return JSON.parse(text).pluginReports.flatMap(({ pluginName, violations }) =>
    violations.flatMap(({ ruleName, description, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({
        template: constructPath.split("/")[0],
        resource: withoutHash(constructPath.split("/").at(-1)),
        rule: withoutHash(ruleName.includes("-") ? ruleName : `${pluginName} ${ruleName}`),
        description: description.replace(/ - \(Control IDs?:.*/, ""), // two lines of numbers
      })),
    ),
  );
}

// A logical ID is the construct's ID, here what we named it in Go, and eight digits of hash of its path.
const withoutHash = (text) => text.replace(/(?<=[A-Za-z]\w*)[0-9A-F]{8}(?![0-9A-Za-z])/g, "");
